using System.Text.Json.Nodes;
using Granary.Errors;
using Granary.Models.ChatTemplates;
using Granary.Models.Tests.Tokenization;

namespace Granary.Models.Tests.ChatTemplates;

public sealed class ChatTemplateTests
{
    private static readonly ChatMessage[] Hello = [new(ChatRole.User, "Hello")];

    [Fact]
    public void Render_demo_model_writes_chat_markup()
    {
        var template = ChatTemplate.Load(Path.Combine(TestFolders.Repository, "deploy", "models", "granary-chat"));

        Assert.Equal("<|im_start|>user\nHello<|im_end|>\n<|im_start|>assistant\n", template.Render(Hello));
    }

    [Fact]
    public void Load_prefers_a_separate_file()
    {
        using var folder = new TemplateFolder("""{"chat_template": "old", "bos_token": {"content": "<s>"}}""", "{{ bos_token }}new");

        Assert.Equal("<s>new", folder.Load().Render(Hello));
    }

    [Fact]
    public void Render_named_templates_picks_the_one_for_tools()
    {
        using var folder = new TemplateFolder("""{"chat_template": [{"name": "tool_use", "template": "tools"}, {"name": "default", "template": "plain"}]}""");
        var template = folder.Load();

        Assert.Equal("plain", template.Render(Hello));
        Assert.Equal("tools", template.Render(Hello, tools: new JsonArray(new JsonObject())));
    }

    [Fact]
    public void Load_half_a_surrogate_pair_is_refused()
    {
        using var folder = new TemplateFolder("{\"chat_template\": \"a\\ud800\"}");

        Assert.Contains("surrogate", Assert.Throws<GranaryException>(() => folder.Load()).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Load_no_template_says_what_to_do()
    {
        using var folder = new TemplateFolder("{}");

        Assert.Contains("chat_template.jinja", Assert.Throws<GranaryException>(() => folder.Load()).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("Conversation roles must alternate user/assistant", Granary.Errors.ErrorCode.InvalidRoleOrder)]
    [InlineData("No images, please", Granary.Errors.ErrorCode.InvalidRequest)]
    public void Render_raise_exception_carries_the_message(string message, Granary.Errors.ErrorCode code)
    {
        using var folder = new TemplateFolder("{}", $"{{{{ raise_exception('{message}') }}}}");

        var error = Assert.Throws<GranaryException>(() => folder.Load().Render(Hello));

        Assert.Equal(code, error.Code);
        Assert.Contains(message, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Render_broken_expression_names_the_line()
    {
        using var folder = new TemplateFolder("{}", "one\ntwo {{ 1 + 'a' }}");

        Assert.Contains("line 2", Assert.Throws<GranaryException>(() => folder.Load().Render(Hello)).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("{% include 'x' %}", "include")]
    [InlineData("{% if x %}", "if")]
    [InlineData("{{ 'a }}", "string")]
    [InlineData("{% for x in y recursive %}{% endfor %}", "recursive")]
    [InlineData("{{ x", "}}")]
    public void Load_wrong_template_names_what_is_wrong(string template, string part)
    {
        using var folder = new TemplateFolder("{}", template);

        Assert.Contains(part, Assert.Throws<GranaryException>(() => folder.Load()).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("{% for a in range(99999) %}{% for b in range(99999) %}{% endfor %}{% endfor %}")]
    [InlineData("{{ 'x' * 9000000000 }}")]
    [InlineData("{{ ([1] * 100000) * 100000 }}")]
    [InlineData("{% macro f() %}{{ f() }}{% endmacro %}{{ f() }}")]
    [InlineData("{% set n = namespace(x='ab') %}{% for i in range(99) %}{% set n.x = n.x ~ n.x %}{% endfor %}")]
    [InlineData("{% set n = namespace(x=[1]) %}{% for i in range(99) %}{% set n.x = [n.x, n.x] %}{% endfor %}{{ n.x }}")]
    [InlineData("{% for a in range(99999) %}{{ 'x' * 99999 }}{% endfor %}")]
    [InlineData("{{ range(1000000000) }}")]
    [InlineData("{{ 2 ** 99 }}")]
    [InlineData("{{ ''.__class__.__mro__ }}")]
    [InlineData("{{ messages.append(1) }}")]
    public void Render_hostile_template_is_refused(string template)
    {
        using var folder = new TemplateFolder("{}", template);

        Assert.Throws<GranaryException>(() => folder.Load().Render(Hello));
    }

    [Theory]
    [InlineData("(", 5000)]
    [InlineData("not ", 50000)]
    [InlineData("-", 50000)]
    [InlineData("[", 5000)]
    public void Load_deep_expression_is_refused(string part, int count)
    {
        using var folder = new TemplateFolder("{}", "{{ " + string.Concat(Enumerable.Repeat(part, count)) + "1 }}");

        Assert.Throws<GranaryException>(() => folder.Load().Render(Hello));
    }
}
