namespace SchedBench.Workloads.Manifests.Schema;

/// <summary>Storage objects of core/v1 and storage.k8s.io/v1, Kubernetes v1.34. The notation stands at <see cref="ApiSchema"/>.</summary>
internal static class StorageSchema
{
    internal const string Text = """
        PersistentVolume: apiVersion string, kind string, metadata! ObjectMeta, spec! PersistentVolumeSpec, status PersistentVolumeStatus
        PersistentVolumeSpec: accessModes! [ReadWriteOnce|ReadOnlyMany|ReadWriteMany|ReadWriteOncePod],
            awsElasticBlockStore AWSElasticBlockStoreVolumeSource, azureDisk AzureDiskVolumeSource, azureFile AzureFilePersistentVolumeSource,
            capacity! {quantity}, cephfs CephFSPersistentVolumeSource, cinder CinderPersistentVolumeSource, claimRef ObjectReference,
            csi CSIPersistentVolumeSource, fc FCVolumeSource, flexVolume FlexPersistentVolumeSource, flocker FlockerVolumeSource,
            gcePersistentDisk GCEPersistentDiskVolumeSource, glusterfs GlusterfsPersistentVolumeSource, hostPath HostPathVolumeSource,
            iscsi ISCSIPersistentVolumeSource, local LocalVolumeSource, mountOptions [string], nfs NFSVolumeSource,
            nodeAffinity VolumeNodeAffinity, persistentVolumeReclaimPolicy Retain|Delete|Recycle,
            photonPersistentDisk PhotonPersistentDiskVolumeSource, portworxVolume PortworxVolumeSource, quobyte QuobyteVolumeSource,
            rbd RBDPersistentVolumeSource, scaleIO ScaleIOPersistentVolumeSource, storageClassName string,
            storageos StorageOSPersistentVolumeSource, volumeAttributesClassName string, volumeMode Filesystem|Block,
            vsphereVolume VsphereVirtualDiskVolumeSource
        VolumeNodeAffinity: required NodeSelector
        PersistentVolumeStatus: lastPhaseTransitionTime time, message string, phase string, reason string
        PersistentVolumeClaim: apiVersion string, kind string, metadata! ObjectMeta, spec! PersistentVolumeClaimSpec,
            status PersistentVolumeClaimStatus
        PersistentVolumeClaimStatus: accessModes [string], allocatedResourceStatuses {string}, allocatedResources {quantity}, capacity {quantity},
            conditions [PersistentVolumeClaimCondition], currentVolumeAttributesClassName string, modifyVolumeStatus ModifyVolumeStatus,
            phase string
        PersistentVolumeClaimCondition: lastProbeTime time, lastTransitionTime time, message string, reason string, status! string, type! string
        ModifyVolumeStatus: status string, targetVolumeAttributesClassName string
        StorageClass: allowVolumeExpansion bool, allowedTopologies [TopologySelectorTerm], apiVersion string, kind string, metadata! ObjectMeta,
            mountOptions [string], parameters {string}, provisioner! string, reclaimPolicy Delete|Retain,
            volumeBindingMode Immediate|WaitForFirstConsumer
        TopologySelectorTerm: matchLabelExpressions [TopologySelectorLabelRequirement]
        TopologySelectorLabelRequirement: key! string, values! [string]
        """;
}
