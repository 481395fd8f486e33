using System.Text.Json;
using Granary.Engine.Grammar;
using Granary.Engine.Tests.Golden;
using Granary.Models;
using Granary.Models.Catalog;

namespace Granary.Engine.Tests.Grammar.Schema;

/// <summary>Whatever a model writes under a schema's constraint is valid for the schema.</summary>
public sealed class RandomSchemaTests(ImportedModels models)
{
    private const int Schemas = 500;

    [Fact]
    public async Task Every_output_of_500_schemas_validates_with_the_demo_tokenizer()
    {
        ImportedModel model = await models.OpenAsync(ImportedModels.DemoSource);
        Check(new ConstrainedText(model.Tokenizer, [.. model.Manifest.EndOfSequenceTokens]), outputs: 3);
    }

    [Fact]
    public void Every_output_of_500_schemas_validates_with_a_vocabulary_of_150000() =>
        Check(new ConstrainedText(RealTokenizers.Qwen3, [RealTokenizers.Qwen3.FindToken("<|im_end|>")!.Value]), outputs: 1);

    private static void Check(ConstrainedText writer, int outputs)
    {
        for (int seed = 0; seed < Schemas; seed++)
        {
            string schema = RandomSchema.Of(seed);
            var random = new Random(seed);
            for (int i = 0; i < outputs; i++)
            {
                TokenConstraint constraint = writer.Compiler.Start(new OutputConstraint { Kind = ConstraintKind.JsonSchema, Text = schema });
                string text = writer.TextOf(writer.Write(constraint, random));
                try
                {
                    Assert.True(SchemaValidator.IsValid(schema, text), $"Seed {seed}: {text} is not valid for {schema}");
                }
                catch (JsonException e)
                {
                    Assert.Fail($"Seed {seed}: {text} is no JSON: {e.Message}");
                }
            }
        }
    }
}
