import Wire

/// The Swift of a message: a struct with its fields, and what is declared within it.
struct MessageSource {
    let message: MessageDescriptor
    let access: String

    /// A property: a plain field, or a oneof with its fields.
    private enum Property {
        case field(MessageField)
        case oneof(OneofDescriptor, [MessageField])
    }

    func writeDeclaration(to source: inout SourceText) throws {
        let properties = try self.properties()
        let enums = message.enums.map { EnumSource(enumeration: $0, access: access) }
        // `block` takes no throwing body, so what may throw is made before it.
        let nested = try message.messages.map { message in
            var text = SourceText()
            try MessageSource(message: message, access: access).writeDeclaration(to: &text)
            return text.lines
        }
        source.documentation(message.comment)
        source.block("\(access) struct \(message.name): WireMessage") { source in
            for enumeration in enums {
                enumeration.write(to: &source)
                source.line()
            }
            for lines in nested {
                for line in lines { source.line(line) }
                source.line()
            }
            for case .oneof(let oneof, let fields) in properties {
                write(oneof, fields, to: &source)
                source.line()
            }
            source.line("\(access) static let messageName = \"\(message.fullName)\"")
            source.line()
            for property in properties {
                source.documentation(comment(of: property))
                let name = SwiftName.escaped(name(of: property))
                let initial = isOptional(property) ? "" : " = \(defaultValue(of: property))"
                source.line("\(access) var \(name): \(type(of: property))\(initial)")
            }
            if !properties.isEmpty { source.line() }
            source.line("\(access) init() {}")
            if !properties.isEmpty {
                source.line()
                writeMemberwiseInitializer(properties, to: &source)
            }
        }
    }

    private func properties() throws -> [Property] {
        var properties: [Property] = []
        var seen: Set<Int> = []
        for field in message.fields {
            guard let index = field.oneofIndex else {
                properties.append(.field(try MessageField(field, of: message)))
                continue
            }
            guard seen.insert(index).inserted else { continue }
            guard message.oneofs.indices.contains(index) else {
                throw GeneratorError("\(message.fullName) has no oneof \(index)")
            }
            let fields = try message.fields.filter { $0.oneofIndex == index }.map {
                try MessageField($0, of: message)
            }
            properties.append(.oneof(message.oneofs[index], fields))
        }
        return properties
    }

    private func write(
        _ oneof: OneofDescriptor, _ fields: [MessageField], to source: inout SourceText
    ) {
        source.documentation(oneof.comment)
        let name = SwiftName.type(oneof.name)
        source.block("\(access) enum \(name): Hashable, Sendable") { source in
            for field in fields {
                source.documentation(field.descriptor.comment)
                source.line("case \(SwiftName.escaped(field.name))(\(field.elementType))")
            }
        }
    }

    private func writeMemberwiseInitializer(
        _ properties: [Property], to source: inout SourceText
    ) {
        let parameters = properties.map {
            "\(SwiftName.escaped(name(of: $0))): \(type(of: $0)) = \(defaultValue(of: $0))"
        }
        source.block("\(access) init(\n        \(parameters.joined(separator: ", "))\n    )") {
            source in
            for property in properties {
                let name = SwiftName.escaped(name(of: property))
                source.line("self.\(name) = \(name)")
            }
        }
    }

    private func name(of property: Property) -> String {
        switch property {
        case .field(let field): field.name
        case .oneof(let oneof, _): SwiftName.property(oneof.name)
        }
    }

    private func type(of property: Property) -> String {
        switch property {
        case .field(let field): field.type
        case .oneof(let oneof, _): SwiftName.type(oneof.name) + "?"
        }
    }

    private func defaultValue(of property: Property) -> String {
        switch property {
        case .field(let field): field.defaultValue
        case .oneof: "nil"
        }
    }

    private func isOptional(_ property: Property) -> Bool {
        defaultValue(of: property) == "nil"
    }

    private func comment(of property: Property) -> String {
        switch property {
        case .field(let field): field.descriptor.comment
        case .oneof(let oneof, _): oneof.comment
        }
    }
}
