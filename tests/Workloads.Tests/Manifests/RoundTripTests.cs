using System.Text.Json;
using SchedBench.Core.Objects;
using SchedBench.Workloads.Manifests.Reading;
using SchedBench.Workloads.Manifests.Schema;

namespace SchedBench.Workloads.Tests.Manifests;

public sealed class RoundTripTests
{
    [Fact]
    public void Legal_fields_that_are_not_modelled_survive_in_the_document_in_their_order()
    {
        const string Text = """
            kind: Pod
            apiVersion: v1
            metadata:
              creationTimestamp: null
              name: p
              managedFields: [{ manager: kubectl, operation: Update, fieldsV1: { "f:spec": { ".": {} } }, time: 2024-01-01T00:00:00Z }]
            spec:
              dnsConfig: { nameservers: [10.0.0.10], options: [{ name: ndots, value: "2" }] }
              securityContext: { runAsUser: 1000, fsGroup: 0o17, sysctls: [{ name: a, value: b }] }
              setHostnameAsFQDN: yes
              containers:
                - image: a:1
                  name: c
                  resources: { requests: { cpu: 1.50, memory: 1e3 }, claims: [{ name: gpu }] }
                  securityContext: { capabilities: { drop: [ALL] }, seccompProfile: { type: RuntimeDefault } }
                  terminationMessagePolicy: FallbackToLogsOnError
              resourceClaims: [{ name: gpu, resourceClaimTemplateName: t }]
            status: { phase: Pending, hostIPs: [{ ip: 10.0.0.1 }] }
            """;
        const string Expected = """
            {"kind":"Pod","apiVersion":"v1","metadata":{"creationTimestamp":null,"name":"p","managedFields":[{"manager":"kubectl","operation":"Update","fieldsV1":{"f:spec":{".":{}}},"time":"2024-01-01T00:00:00Z"}]},
            "spec":{"dnsConfig":{"nameservers":["10.0.0.10"],"options":[{"name":"ndots","value":"2"}]},"securityContext":{"runAsUser":1000,"fsGroup":15,"sysctls":[{"name":"a","value":"b"}]},"setHostnameAsFQDN":true,
            "containers":[{"image":"a:1","name":"c","resources":{"requests":{"cpu":1.50,"memory":1e3},"claims":[{"name":"gpu"}]},"securityContext":{"capabilities":{"drop":["ALL"]},"seccompProfile":{"type":"RuntimeDefault"}},"terminationMessagePolicy":"FallbackToLogsOnError"}],
            "resourceClaims":[{"name":"gpu","resourceClaimTemplateName":"t"}]},"status":{"phase":"Pending","hostIPs":[{"ip":"10.0.0.1"}]}}
            """;
        Assert.Equal(Expected.Replace("\n", "", StringComparison.Ordinal), Manifest.One<Pod>(Text).Document!.Json);
    }

    [Fact]
    public void A_document_reads_back_as_the_same_object()
    {
        Deployment first = Manifest.One<Deployment>(Manifest.Web), again = Manifest.One<Deployment>(first.Document!.Json);
        Assert.Equal(first, again);
        Assert.True(first.HasSameSpec(again));
    }

    [Fact]
    public void Every_kind_has_its_table_and_every_type_that_a_table_names_exists()
    {
        Assert.All(KindReading.Known, known => Assert.Contains("metadata", ApiSchema.Type(known.Kind.ToString()).FieldNames));
        foreach (string name in ApiSchema.TypeNames)
        {
            foreach (ApiField field in ApiSchema.Type(name).Fields)
            {
                ApiShape shape = field.Shape;
                while (shape.Item is { } item) shape = item;
                if (shape.Form == ApiForm.Object) Assert.Contains(shape.TypeName, ApiSchema.TypeNames);
            }
        }
    }

    [Fact]
    public void Every_field_of_every_type_is_accepted_by_the_walk_with_a_value_of_its_type()
    {
        foreach (ResourceKindInfo known in KindReading.Known)
        {
            using var buffer = new MemoryStream();
            using (var writer = new Utf8JsonWriter(buffer)) Write(writer, new ApiShape(ApiForm.Any), known.Kind.ToString(), 0);
            string json = System.Text.Encoding.UTF8.GetString(buffer.ToArray());
            var reader = new Core.Input.YamlReader("all.json") { IsSchemaChecked = true };
            var root = (Core.Input.YamlMapping)Core.Input.YamlDocument.ParseSingle(json, "all.json").Root;
            new SchemaWalk(reader).Object(root, ApiSchema.Type(known.Kind.ToString()), "");
            reader.Finish();
        }
    }

    /// <summary>Writes an object with all its fields; below a depth the required ones only.</summary>
    private static void Write(Utf8JsonWriter writer, ApiShape shape, string type, int depth)
    {
        switch (shape.Form)
        {
            case ApiForm.Text or ApiForm.Secret or ApiForm.IntOrString:
                writer.WriteStringValue("text");
                break;
            case ApiForm.Int or ApiForm.Long:
                writer.WriteNumberValue(1);
                break;
            case ApiForm.Boolean:
                writer.WriteBooleanValue(true);
                break;
            case ApiForm.Quantity:
                writer.WriteStringValue("1Gi");
                break;
            case ApiForm.Time:
                writer.WriteStringValue("2024-01-01T00:00:00.000001Z");
                break;
            case ApiForm.Bytes or ApiForm.SecretBytes:
                writer.WriteStringValue("AQI=");
                break;
            case ApiForm.Choice:
                writer.WriteStringValue(shape.Choices[^1]);
                break;
            case ApiForm.List:
                writer.WriteStartArray();
                Write(writer, shape.Item!, shape.Item!.TypeName, depth);
                writer.WriteEndArray();
                break;
            case ApiForm.Map:
                writer.WriteStartObject();
                writer.WritePropertyName("key");
                Write(writer, shape.Item!, shape.Item!.TypeName, depth);
                writer.WriteEndObject();
                break;
            default:
                writer.WriteStartObject();
                foreach (ApiField field in type.Length == 0 ? [] : ApiSchema.Type(type).Fields.Where(field => field.IsRequired || depth < 9))
                {
                    writer.WritePropertyName(field.Name);
                    Write(writer, field.Shape, field.Shape.TypeName, depth + 1);
                }

                writer.WriteEndObject();
                break;
        }
    }
}
