import API
import ServiceRuntime

/// `ReflectionService`: the contract as data, so that a generic client can call any method.
struct ReflectionMethods: Sendable {
    func register(in registry: inout ServiceRegistry) {
        registry.registerOpenImmediate(ReflectionServiceMethods.GetSchema.self) { _ in
            GetSchemaResponse(fileDescriptorSet: TallySchema.fileDescriptorSet)
        }
    }
}
