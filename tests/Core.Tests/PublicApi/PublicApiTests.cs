using System.Reflection;
using System.Text;
using SchedBench.Core.Scheduling;
using SchedBench.TestKit;

namespace SchedBench.Core.Tests.PublicApi;

/// <summary>The public surface of Core is what plug-ins are built against: it changes on purpose only.
/// <c>SCHEDBENCH_UPDATE_GOLDEN=1</c> rewrites the file; the difference belongs into the changelog.</summary>
public sealed class PublicApiTests
{
    [Fact]
    public void The_public_surface_of_Core_is_the_recorded_one()
    {
        string path = Path.Combine(SharedFiles.RepositoryRoot, "tests", "Core.Tests", "PublicApi", "core.txt");
        string surface = Surface(typeof(SchedulingStrategy).Assembly);
        if (Environment.GetEnvironmentVariable("SCHEDBENCH_UPDATE_GOLDEN") == "1") File.WriteAllText(path, surface);
        Assert.Equal(File.ReadAllText(path), surface);
    }

    private static string Surface(Assembly assembly)
    {
        var text = new StringBuilder();
        foreach (Type type in assembly.GetExportedTypes().OrderBy(Name, StringComparer.Ordinal))
        {
            text.Append(Kind(type)).Append(' ').Append(type.Namespace).Append('.').Append(Name(type)).Append('\n');
            foreach (string member in Members(type).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal)) text.Append("    ").Append(member).Append('\n');
        }

        return text.ToString();
    }

    private static IEnumerable<string> Members(Type type)
    {
        const BindingFlags Declared = BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Instance | BindingFlags.Static | BindingFlags.DeclaredOnly;
        if (type.IsEnum)
        {
            foreach (string name in Enum.GetNames(type)) yield return $"{name} = {Convert.ToInt64(Enum.Parse(type, name))}";
            yield break;
        }

        foreach (MemberInfo member in type.GetMembers(Declared))
        {
            if (member.Name.Contains('<', StringComparison.Ordinal)) continue;
            string? line = member switch
            {
                FieldInfo field when field.IsPublic || field.IsFamily => $"field {Name(field.FieldType)} {field.Name}",
                ConstructorInfo constructor when constructor.IsPublic || constructor.IsFamily => $"new({Parameters(constructor)})",
                MethodInfo method when (method.IsPublic || method.IsFamily) && !method.IsSpecialName =>
                    $"{(method.IsStatic ? "static " : method.IsAbstract ? "abstract " : method.IsVirtual && !method.IsFinal ? "virtual " : "")}{Name(method.ReturnType)} {method.Name}({Parameters(method)})",
                PropertyInfo property when property.GetMethod is { } get && (get.IsPublic || get.IsFamily) =>
                    $"property {Name(property.PropertyType)} {property.Name}{(property.SetMethod is { IsPublic: true } ? " (settable)" : "")}",
                _ => null,
            };
            if (line is not null) yield return line;
        }
    }

    private static string Kind(Type type) => type switch
    {
        { IsInterface: true } => "interface",
        { IsEnum: true } => "enum",
        { IsValueType: true } => "struct",
        { IsAbstract: true, IsSealed: true } => "static class",
        { IsAbstract: true } => "abstract class",
        _ => "class",
    };

    private static string Parameters(MethodBase method) => string.Join(", ", method.GetParameters().Select(parameter => $"{Name(parameter.ParameterType)} {parameter.Name}"));

    private static string Name(Type type)
    {
        if (type.IsByRef) return $"ref {Name(type.GetElementType()!)}";
        string name = type.IsNested && !type.IsGenericParameter ? $"{Name(type.DeclaringType!)}.{type.Name}" : type.Name;
        if (!type.IsGenericType) return name;
        int tick = name.IndexOf('`', StringComparison.Ordinal);
        return $"{(tick < 0 ? name : name[..tick])}<{string.Join(", ", type.GetGenericArguments().Select(Name))}>";
    }
}
