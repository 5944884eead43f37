import API
import Wire

/// A schema as people read it.
struct SchemaText {
    let schema: ReflectedSchema

    /// All methods, or what a name means.
    /// - Throws: `Failure` where it means nothing.
    func text(_ name: String?) throws -> String {
        guard let name else { return schema.services.map(methods).joined(separator: "\n\n") }
        if let service = schema.services.first(where: { Self.means(name, $0.fullName) }) {
            return details(service)
        }
        let message = schema.messages.values.filter { Self.means(name, $0.fullName) }
            .min { $0.fullName < $1.fullName }
        if let message { return details(message) }
        let enumeration = schema.enums.values.filter { Self.means(name, $0.fullName) }
            .min { $0.fullName < $1.fullName }
        if let enumeration { return details(enumeration) }
        throw Failure(
            "The server has no service, message or enum \(name).",
            remedy: "See tally schema for the services.")
    }

    private static func means(_ name: String, _ fullName: String) -> Bool {
        fullName == name || fullName.hasSuffix("." + name)
    }

    private func methods(_ service: ServiceDescriptor) -> String {
        ([service.fullName] + service.methods.map { "  \($0.name)" }).joined(separator: "\n")
    }

    private func details(_ service: ServiceDescriptor) -> String {
        let methods = service.methods.map { method in
            Self.comment(method.comment, indent: "  ")
                + "  \(method.name)(\(method.requestType)) -> \(method.responseType)"
        }
        return ([Self.comment(service.comment) + service.fullName] + methods)
            .joined(separator: "\n\n")
    }

    private func details(_ message: MessageDescriptor) -> String {
        let fields = message.fields.map { field in
            let type = field.typeName.isEmpty ? "\(field.kind)" : field.typeName
            let choice = field.oneofIndex.map { " (one of \(message.oneofs[$0].name))" } ?? ""
            return Self.comment(field.comment, indent: "  ")
                + "  \(field.jsonName): \(field.isRepeated ? "list of " : "")\(type)\(choice)"
        }
        return ([Self.comment(message.comment) + message.fullName] + fields)
            .joined(separator: "\n")
    }

    private func details(_ enumeration: EnumDescriptor) -> String {
        let values = enumeration.values.map {
            Self.comment($0.comment, indent: "  ") + "  \($0.name)"
        }
        return ([Self.comment(enumeration.comment) + enumeration.fullName] + values)
            .joined(separator: "\n")
    }

    private static func comment(_ comment: String, indent: String = "") -> String {
        comment.split(separator: "\n").map { "\(indent)# \(Table.printable(String($0)))\n" }
            .joined()
    }
}
