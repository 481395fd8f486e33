namespace Granary.Models.Catalog;

/// <summary>Names of the files of an imported model.</summary>
internal static class ModelFiles
{
    public const string Graph = "model.onnx";
    public const string Data = "model.onnx.data";

    /// <summary>The names of the checkpoint's tensors, one a line: some families come with several styles of them, and whoever cuts the model must know which it was.</summary>
    public const string Tensors = "tensors.txt";

    /// <summary>What is copied from the source if it is there.</summary>
    public static readonly string[] Copied = ["config.json", "tokenizer.json", "tokenizer_config.json", "generation_config.json", "special_tokens_map.json", "chat_template.jinja"];
}
