import Wire

/// The Swift of a client's stubs: a type for each service with a function for each method.
struct ClientSource {
    let access: String

    func text(for set: DescriptorSet) -> String {
        var source = SourceText()
        source.line(GeneratedModule.head)
        source.line()
        source.line("\(access) import API")
        source.line()
        source.block("extension Client") { source in
            for (index, service) in set.services.enumerated() {
                if index > 0 { source.line() }
                source.documentation(service.comment)
                let type = Self.typeName(of: service)
                source.block("\(access) var \(Self.propertyName(of: service)): \(type)") { source in
                    source.line("\(type)(client: self)")
                }
            }
        }
        for service in set.services {
            source.line()
            write(service, to: &source)
        }
        return source.text
    }

    /// `IngestionServiceClient`, as gRPC's stubs are called.
    private static func typeName(of service: ServiceDescriptor) -> String {
        service.name + "Client"
    }

    /// `ingestion` of `IngestionService`.
    private static func propertyName(of service: ServiceDescriptor) -> String {
        let short =
            service.name.hasSuffix("Service") ? String(service.name.dropLast(7)) : service.name
        return SwiftName.lowerFirst(short)
    }

    private func write(_ service: ServiceDescriptor, to source: inout SourceText) {
        source.documentation(service.comment)
        source.block("\(access) struct \(Self.typeName(of: service)): Sendable") { source in
            source.line("let client: Client")
            for method in service.methods {
                source.line()
                source.documentation(method.comment)
                source.line("/// - Throws: `TallyError`.")
                let type = "\(service.name)Methods.\(method.name)"
                let name = SwiftName.escaped(SwiftName.lowerFirst(method.name))
                switch method.kind {
                case .unary: writeUnary(method, type, name, to: &source)
                case .serverStreaming: writeServerStreaming(method, type, name, to: &source)
                case .clientStreaming: writeClientStreaming(method, type, name, to: &source)
                case .bidirectionalStreaming: writeBidirectional(method, type, name, to: &source)
                }
            }
        }
    }

    private func writeUnary(
        _ method: MethodDescriptor, _ type: String, _ name: String, to source: inout SourceText
    ) {
        let request = SwiftName.qualified(method.requestType)
        let response = SwiftName.qualified(method.responseType)
        source.line("\(access) func \(name)(")
        source.line("    _ request: \(request), options: CallOptions = CallOptions()")
        source.block(") async throws -> \(response)") { source in
            source.line("try await client.call(\(type).self, request, options: options)")
        }
    }

    private func writeServerStreaming(
        _ method: MethodDescriptor, _ type: String, _ name: String, to source: inout SourceText
    ) {
        let request = SwiftName.qualified(method.requestType)
        let response = SwiftName.qualified(method.responseType)
        source.line("\(access) func \(name)<Result: Sendable>(")
        source.line("    _ request: \(request), options: CallOptions = CallOptions(),")
        source.line("    _ body: (ResponseMessages<\(response)>) async throws -> Result")
        source.block(") async throws -> Result") { source in
            source.line("try await client.serverStreaming(")
            source.line("    \(type).self, request, options: options, body)")
        }
    }

    private func writeClientStreaming(
        _ method: MethodDescriptor, _ type: String, _ name: String, to source: inout SourceText
    ) {
        let request = SwiftName.qualified(method.requestType)
        let response = SwiftName.qualified(method.responseType)
        source.line("\(access) func \(name)(")
        source.line("    options: CallOptions = CallOptions(),")
        source.line("    _ body: (RequestWriter<\(request)>) async throws -> Void")
        source.block(") async throws -> \(response)") { source in
            source.line("try await client.clientStreaming(\(type).self, options: options, body)")
        }
    }

    private func writeBidirectional(
        _ method: MethodDescriptor, _ type: String, _ name: String, to source: inout SourceText
    ) {
        let request = SwiftName.qualified(method.requestType)
        let response = SwiftName.qualified(method.responseType)
        source.line("\(access) func \(name)<Result: Sendable>(")
        source.line("    options: CallOptions = CallOptions(),")
        source.line("    _ body: (")
        source.line("        RequestWriter<\(request)>, ResponseMessages<\(response)>")
        source.line("    ) async throws -> Result")
        source.block(") async throws -> Result") { source in
            source.line("try await client.bidirectionalStreaming(")
            source.line("    \(type).self, options: options, body)")
        }
    }
}
