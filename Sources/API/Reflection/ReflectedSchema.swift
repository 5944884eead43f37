package import Wire

/// A contract known only at run time: any method can be called with it, in JSON.
///
/// JSON follows proto3's mapping: lowerCamelCase names, 64-bit numbers as strings, enums by name,
/// timestamps as RFC 3339, bytes as base64, fields at their default left out. On the way in, names
/// as the contract writes them are taken too. Maps appear as lists of `key` and `value`.
/// Floating-point fields, which no message of ours has, are refused.
package struct ReflectedSchema: Sendable {
    /// By name; messages and enums by their full names.
    package let services: [ServiceDescriptor]
    package let messages: [String: MessageDescriptor]
    package let enums: [String: EnumDescriptor]

    /// - Throws: `WireError` where the bytes are not a `FileDescriptorSet`.
    package init(fileDescriptorSet: [UInt8]) throws {
        let set = try DescriptorSet(serialized: fileDescriptorSet)
        services = set.services.sorted { $0.fullName < $1.fullName }
        messages = Dictionary(
            set.messages.map { ($0.fullName, $0) }, uniquingKeysWith: { first, _ in first })
        enums = Dictionary(
            set.enums.map { ($0.fullName, $0) }, uniquingKeysWith: { first, _ in first })
    }

    /// A method by its full name, or by a shorter one that ends in the same words and means one
    /// method only: `tally.v1.TenantService/ListTokens`, `TenantService/ListTokens`, `ListTokens`.
    package func method(named name: String) throws(ReflectionError) -> MethodDescriptor {
        let all = services.flatMap(\.methods)
        if let method = all.first(where: { $0.fullName == name }) { return method }
        let matches = all.filter {
            $0.fullName.hasSuffix("." + name) || $0.fullName.hasSuffix("/" + name)
        }
        guard let method = matches.first else {
            throw ReflectionError("the server has no method \(name)")
        }
        guard matches.count == 1 else {
            let names = matches.map(\.fullName).joined(separator: ", ")
            throw ReflectionError("\(name) may mean \(names)")
        }
        return method
    }

    package func message(named fullName: String) throws(ReflectionError) -> MessageDescriptor {
        guard let message = messages[fullName] else {
            throw ReflectionError("the schema has no message \(fullName)")
        }
        return message
    }

    /// An enum by its full name; nil where the schema has none.
    package func enumeration(named fullName: String) -> EnumDescriptor? {
        enums[fullName]
    }

    /// Deeper messages are refused on either way.
    static let depthMax = 64
    static let timestamp = "google.protobuf.Timestamp"
    /// 0001-01-01T00:00:00Z to 9999-12-31T23:59:59Z.
    static let secondsValid: ClosedRange<Int64> = -62_135_596_800...253_402_300_799
}

extension FieldDescriptor {
    /// Numbers are sent in a row without keys; text, bytes and messages are not.
    var isPackable: Bool {
        switch kind {
        case .string, .bytes, .message, .group: false
        default: true
        }
    }
}
