import Wire

/// The Swift of one module: a file for each `.proto` file.
struct GeneratedModule {
    static let head =
        "// Written by tally-generator. Change proto/ and run deploy/scripts/generate.sh."

    let access: String
    let cModule: String
    let wireModule: String?
    let schemaName: String?

    /// Texts by file name. The same set always gives the same texts.
    func files(for set: DescriptorSet) throws -> [String: String] {
        var files: [String: String] = [:]
        var names: Set<String> = []
        for file in set.files {
            for name in file.messages.map(\.name) + file.enums.map(\.name)
            where !names.insert(name).inserted {
                throw GeneratorError("two declarations would be named \(name)")
            }
            files[Self.fileName(of: file.name)] = try text(for: file)
        }
        if let schemaName {
            files["\(schemaName)+Methods.pb.swift"] = methodNames(of: set, schemaName)
        }
        return files
    }

    /// `tally/v1/budgeting.proto` as `budgeting.pb.swift`.
    private static func fileName(of path: String) -> String {
        let base = path.split(separator: "/").last.map(String.init) ?? path
        return (base.hasSuffix(".proto") ? String(base.dropLast(6)) : base) + ".pb.swift"
    }

    private func text(for file: FileDescriptor) throws -> String {
        var source = SourceText()
        source.line(Self.head)
        source.line("// Source: \(file.name)")
        source.line()
        if !file.messages.isEmpty {
            source.line("import \(cModule)")
            source.line("import CProtobufC")
        }
        if let wireModule {
            source.line("\(access) import \(wireModule)")
        }
        for enumeration in file.enums {
            source.line()
            EnumSource(enumeration: enumeration, access: access).write(to: &source)
        }
        for message in file.messages {
            source.line()
            try MessageSource(message: message, access: access).writeDeclaration(to: &source)
        }
        for message in file.messages.flatMap(\.withNested) {
            source.line()
            try MessageCodingSource(message: message, access: access).write(to: &source)
        }
        for service in file.services {
            source.line()
            writeMethods(of: service, to: &source)
        }
        return source.text
    }

    private func writeMethods(of service: ServiceDescriptor, to source: inout SourceText) {
        source.documentation(service.comment)
        source.block("\(access) enum \(service.name)Methods") { source in
            for (index, method) in service.methods.enumerated() {
                if index > 0 { source.line() }
                source.documentation(method.comment)
                source.block("\(access) enum \(method.name): RPCMethod") { source in
                    let request = SwiftName.qualified(method.requestType)
                    let response = SwiftName.qualified(method.responseType)
                    source.line("\(access) typealias Request = \(request)")
                    source.line("\(access) typealias Response = \(response)")
                    source.line("\(access) static let name = \"\(method.fullName)\"")
                    source.line("\(access) static let kind = CallKind.\(method.kind)")
                    if method.idempotency != .unknown {
                        source.line(
                            "\(access) static let idempotency = "
                                + "IdempotencyLevel.\(method.idempotency)")
                    }
                }
            }
        }
    }

    private func methodNames(of set: DescriptorSet, _ schemaName: String) -> String {
        var source = SourceText()
        source.line(Self.head)
        source.line()
        source.block("extension \(schemaName)") { source in
            source.line("/// The name on the wire of every method of the contract.")
            source.line("\(access) static let methodNames: [String] = [")
            for method in set.services.flatMap(\.methods) {
                source.line("    \"\(method.fullName)\",")
            }
            source.line("]")
        }
        return source.text
    }
}
