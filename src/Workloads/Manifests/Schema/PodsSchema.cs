namespace SchedBench.Workloads.Manifests.Schema;

/// <summary>Pods and containers (core/v1), Kubernetes v1.34. The notation stands at <see cref="ApiSchema"/>.</summary>
internal static class PodsSchema
{
    internal const string Text = """
        PodSpec: activeDeadlineSeconds long, affinity Affinity, automountServiceAccountToken bool, containers! [Container],
            dnsConfig PodDNSConfig, dnsPolicy ClusterFirstWithHostNet|ClusterFirst|Default|None, enableServiceLinks bool,
            ephemeralContainers [EphemeralContainer], hostAliases [HostAlias], hostIPC bool, hostNetwork bool, hostPID bool, hostUsers bool,
            hostname string, hostnameOverride string, imagePullSecrets [LocalObjectReference], initContainers [Container], nodeName string,
            nodeSelector {string}, os PodOS, overhead {quantity}, preemptionPolicy PreemptLowerPriority|Never, priority int,
            priorityClassName string, readinessGates [PodReadinessGate], resourceClaims [PodResourceClaim], resources ResourceRequirements,
            restartPolicy Always|OnFailure|Never, runtimeClassName string, schedulerName string, schedulingGates [PodSchedulingGate],
            securityContext PodSecurityContext, serviceAccount string, serviceAccountName string, setHostnameAsFQDN bool,
            shareProcessNamespace bool, subdomain string, terminationGracePeriodSeconds long, tolerations [Toleration],
            topologySpreadConstraints [TopologySpreadConstraint], volumes [Volume]
        Container: args [string], command [string], env [EnvVar], envFrom [EnvFromSource], image string,
            imagePullPolicy Always|Never|IfNotPresent, lifecycle Lifecycle, livenessProbe Probe, name! string, ports [ContainerPort],
            readinessProbe Probe, resizePolicy [ContainerResizePolicy], resources ResourceRequirements, restartPolicy Always|OnFailure|Never,
            restartPolicyRules [ContainerRestartRule], securityContext SecurityContext, startupProbe Probe, stdin bool, stdinOnce bool,
            terminationMessagePath string, terminationMessagePolicy File|FallbackToLogsOnError, tty bool, volumeDevices [VolumeDevice],
            volumeMounts [VolumeMount], workingDir string
        EnvVar: name! string, value string, valueFrom EnvVarSource
        EnvVarSource: configMapKeyRef ConfigMapKeySelector, fieldRef ObjectFieldSelector, fileKeyRef FileKeySelector,
            resourceFieldRef ResourceFieldSelector, secretKeyRef SecretKeySelector
        ConfigMapKeySelector: key! string, name string, optional bool
        FileKeySelector: key! string, optional bool, path! string, volumeName! string
        SecretKeySelector: key! string, name string, optional bool
        EnvFromSource: configMapRef ConfigMapEnvSource, prefix string, secretRef SecretEnvSource
        ConfigMapEnvSource: name string, optional bool
        SecretEnvSource: name string, optional bool
        Lifecycle: postStart LifecycleHandler, preStop LifecycleHandler, stopSignal string
        LifecycleHandler: exec ExecAction, httpGet HTTPGetAction, sleep SleepAction, tcpSocket TCPSocketAction
        ExecAction: command [string]
        HTTPGetAction: host string, httpHeaders [HTTPHeader], path string, port! intOrString, scheme HTTP|HTTPS
        HTTPHeader: name! string, value! string
        SleepAction: seconds! long
        TCPSocketAction: host string, port! intOrString
        Probe: exec ExecAction, failureThreshold int, grpc GRPCAction, httpGet HTTPGetAction, initialDelaySeconds int, periodSeconds int,
            successThreshold int, tcpSocket TCPSocketAction, terminationGracePeriodSeconds long, timeoutSeconds int
        GRPCAction: port! int, service string
        ContainerPort: containerPort! int, hostIP string, hostPort int, name string, protocol TCP|UDP|SCTP
        ContainerResizePolicy: resourceName! string, restartPolicy! NotRequired|RestartContainer
        ResourceRequirements: claims [ResourceClaim], limits {quantity}, requests {quantity}
        ResourceClaim: name! string, request string
        ContainerRestartRule: action! string, exitCodes ContainerRestartRuleOnExitCodes
        ContainerRestartRuleOnExitCodes: operator! string, values [int]
        SecurityContext: allowPrivilegeEscalation bool, appArmorProfile AppArmorProfile, capabilities Capabilities, privileged bool,
            procMount Default|Unmasked, readOnlyRootFilesystem bool, runAsGroup long, runAsNonRoot bool, runAsUser long,
            seLinuxOptions SELinuxOptions, seccompProfile SeccompProfile, windowsOptions WindowsSecurityContextOptions
        AppArmorProfile: localhostProfile string, type! string
        Capabilities: add [string], drop [string]
        SELinuxOptions: level string, role string, type string, user string
        SeccompProfile: localhostProfile string, type! Localhost|RuntimeDefault|Unconfined
        WindowsSecurityContextOptions: gmsaCredentialSpec string, gmsaCredentialSpecName string, hostProcess bool, runAsUserName string
        VolumeDevice: devicePath! string, name! string
        VolumeMount: mountPath! string, mountPropagation None|HostToContainer|Bidirectional, name! string, readOnly bool,
            recursiveReadOnly Disabled|IfPossible|Enabled, subPath string, subPathExpr string
        PodDNSConfig: nameservers [string], options [PodDNSConfigOption], searches [string]
        PodDNSConfigOption: name string, value string
        EphemeralContainer: args [string], command [string], env [EnvVar], envFrom [EnvFromSource], image string,
            imagePullPolicy Always|Never|IfNotPresent, lifecycle Lifecycle, livenessProbe Probe, name! string, ports [ContainerPort],
            readinessProbe Probe, resizePolicy [ContainerResizePolicy], resources ResourceRequirements, restartPolicy string,
            restartPolicyRules [ContainerRestartRule], securityContext SecurityContext, startupProbe Probe, stdin bool, stdinOnce bool,
            targetContainerName string, terminationMessagePath string, terminationMessagePolicy string, tty bool, volumeDevices [VolumeDevice],
            volumeMounts [VolumeMount], workingDir string
        HostAlias: hostnames [string], ip! string
        PodOS: name! linux|windows
        PodReadinessGate: conditionType! string
        PodResourceClaim: name! string, resourceClaimName string, resourceClaimTemplateName string
        PodSchedulingGate: name! string
        PodSecurityContext: appArmorProfile AppArmorProfile, fsGroup long, fsGroupChangePolicy OnRootMismatch|Always, runAsGroup long,
            runAsNonRoot bool, runAsUser long, seLinuxChangePolicy string, seLinuxOptions SELinuxOptions, seccompProfile SeccompProfile,
            supplementalGroups [long], supplementalGroupsPolicy string, sysctls [Sysctl], windowsOptions WindowsSecurityContextOptions
        Sysctl: name! string, value! string
        PodTemplateSpec: metadata ObjectMeta, spec PodSpec
        """;
}
