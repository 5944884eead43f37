// Field numbers are those of google/protobuf/descriptor.proto.

/// Comments of one file by the path of what they stand above, as `SourceCodeInfo` keys them.
private typealias Comments = [[Int32]: String]

extension FileDescriptor {
    init(serialized bytes: ArraySlice<UInt8>) throws(WireError) {
        let proto = "google.protobuf.FileDescriptorProto"
        // Names and comments stand behind what needs them, so the file is read twice.
        var comments: Comments = [:]
        var reader = ProtobufReader(bytes, messageName: proto)
        while let field = try reader.next() {
            switch field.number {
            case 1: name = try field.string(in: proto)
            case 2: packageName = try field.string(in: proto)
            case 9: comments = try Self.comments(in: try field.bytes(in: proto))
            default: break
            }
        }
        let scope = packageName.isEmpty ? "" : packageName + "."
        reader = ProtobufReader(bytes, messageName: proto)
        while let field = try reader.next() {
            switch field.number {
            case 4:
                messages.append(
                    try MessageDescriptor(
                        serialized: try field.bytes(in: proto), scope: scope,
                        path: [4, Int32(messages.count)], comments: comments))
            case 5:
                enums.append(
                    try EnumDescriptor(
                        serialized: try field.bytes(in: proto), scope: scope,
                        path: [5, Int32(enums.count)], comments: comments))
            case 6:
                services.append(
                    try ServiceDescriptor(
                        serialized: try field.bytes(in: proto), scope: scope,
                        path: [6, Int32(services.count)], comments: comments))
            default: break
            }
        }
    }

    private static func comments(in bytes: ArraySlice<UInt8>) throws(WireError) -> Comments {
        let proto = "google.protobuf.SourceCodeInfo"
        var comments: Comments = [:]
        var reader = ProtobufReader(bytes, messageName: proto)
        while let field = try reader.next() {
            guard field.number == 1 else { continue }
            var path: [Int32] = []
            var location = ProtobufReader(try field.bytes(in: proto), messageName: proto)
            while let part = try location.next() {
                switch part.number {
                case 1:
                    var packed = ProtobufReader(try part.bytes(in: proto), messageName: proto)
                    while let step = try packed.nextVarint() {
                        path.append(Int32(truncatingIfNeeded: step))
                    }
                case 3: comments[path] = trimmed(try part.string(in: proto))
                default: break
                }
            }
        }
        return comments
    }

    /// The lines of a comment without the space behind their slashes and without blank ends.
    private static func trimmed(_ comment: String) -> String {
        var lines = comment.split(separator: "\n", omittingEmptySubsequences: false).map { line in
            line.hasPrefix(" ") ? line.dropFirst() : line
        }
        while lines.last?.isEmpty == true { lines.removeLast() }
        return lines.joined(separator: "\n")
    }
}

extension MessageDescriptor {
    fileprivate init(
        serialized bytes: ArraySlice<UInt8>, scope: String, path: [Int32], comments: Comments
    ) throws(WireError) {
        let proto = "google.protobuf.DescriptorProto"
        var reader = ProtobufReader(bytes, messageName: proto)
        while let field = try reader.next() {
            if field.number == 1 { name = try field.string(in: proto) }
        }
        fullName = scope + name
        comment = comments[path] ?? ""
        reader = ProtobufReader(bytes, messageName: proto)
        while let field = try reader.next() {
            switch field.number {
            case 2:
                fields.append(
                    try FieldDescriptor(
                        serialized: try field.bytes(in: proto),
                        comment: comments[path + [2, Int32(fields.count)]] ?? ""))
            case 3:
                messages.append(
                    try MessageDescriptor(
                        serialized: try field.bytes(in: proto), scope: fullName + ".",
                        path: path + [3, Int32(messages.count)], comments: comments))
            case 4:
                enums.append(
                    try EnumDescriptor(
                        serialized: try field.bytes(in: proto), scope: fullName + ".",
                        path: path + [4, Int32(enums.count)], comments: comments))
            case 8:
                oneofs.append(
                    try OneofDescriptor(
                        serialized: try field.bytes(in: proto),
                        comment: comments[path + [8, Int32(oneofs.count)]] ?? ""))
            default: break
            }
        }
    }
}

extension OneofDescriptor {
    fileprivate init(serialized bytes: ArraySlice<UInt8>, comment: String) throws(WireError) {
        let proto = "google.protobuf.OneofDescriptorProto"
        self.comment = comment
        var reader = ProtobufReader(bytes, messageName: proto)
        while let field = try reader.next() {
            if field.number == 1 { name = try field.string(in: proto) }
        }
    }
}

extension FieldDescriptor {
    fileprivate init(serialized bytes: ArraySlice<UInt8>, comment: String) throws(WireError) {
        let proto = "google.protobuf.FieldDescriptorProto"
        self.comment = comment
        var reader = ProtobufReader(bytes, messageName: proto)
        while let field = try reader.next() {
            switch field.number {
            case 1: name = try field.string(in: proto)
            case 3: number = Int(try field.int32(in: proto))
            case 4: isRepeated = try field.int32(in: proto) == 3
            case 5:
                guard let kind = Kind(rawValue: try field.int32(in: proto)) else {
                    throw WireError.malformed(message: proto)
                }
                self.kind = kind
            // Full names begin with a dot.
            case 6: typeName = String(try field.string(in: proto).drop { $0 == "." })
            case 9: oneofIndex = Int(try field.int32(in: proto))
            case 10: jsonName = try field.string(in: proto)
            default: break
            }
        }
    }
}

extension EnumDescriptor {
    fileprivate init(
        serialized bytes: ArraySlice<UInt8>, scope: String, path: [Int32], comments: Comments
    ) throws(WireError) {
        let proto = "google.protobuf.EnumDescriptorProto"
        comment = comments[path] ?? ""
        var reader = ProtobufReader(bytes, messageName: proto)
        while let field = try reader.next() {
            switch field.number {
            case 1: name = try field.string(in: proto)
            case 2:
                var value = EnumValueDescriptor()
                value.comment = comments[path + [2, Int32(values.count)]] ?? ""
                var parts = ProtobufReader(try field.bytes(in: proto), messageName: proto)
                while let part = try parts.next() {
                    switch part.number {
                    case 1: value.name = try part.string(in: proto)
                    case 2: value.number = try part.int32(in: proto)
                    default: break
                    }
                }
                values.append(value)
            default: break
            }
        }
        fullName = scope + name
    }
}

extension ServiceDescriptor {
    fileprivate init(
        serialized bytes: ArraySlice<UInt8>, scope: String, path: [Int32], comments: Comments
    ) throws(WireError) {
        let proto = "google.protobuf.ServiceDescriptorProto"
        comment = comments[path] ?? ""
        var reader = ProtobufReader(bytes, messageName: proto)
        while let field = try reader.next() {
            switch field.number {
            case 1: name = try field.string(in: proto)
            case 2:
                methods.append(
                    try MethodDescriptor(
                        serialized: try field.bytes(in: proto),
                        comment: comments[path + [2, Int32(methods.count)]] ?? ""))
            default: break
            }
        }
        fullName = scope + name
        for index in methods.indices {
            methods[index].fullName = "\(fullName)/\(methods[index].name)"
        }
    }
}

extension MethodDescriptor {
    fileprivate init(serialized bytes: ArraySlice<UInt8>, comment: String) throws(WireError) {
        let proto = "google.protobuf.MethodDescriptorProto"
        self.comment = comment
        var reader = ProtobufReader(bytes, messageName: proto)
        while let field = try reader.next() {
            switch field.number {
            case 1: name = try field.string(in: proto)
            case 2: requestType = String(try field.string(in: proto).drop { $0 == "." })
            case 3: responseType = String(try field.string(in: proto).drop { $0 == "." })
            case 4: idempotency = try Self.idempotency(options: try field.bytes(in: proto))
            case 5: isClientStreaming = try field.int32(in: proto) != 0
            case 6: isServerStreaming = try field.int32(in: proto) != 0
            default: break
            }
        }
    }
    private static func idempotency(
        options bytes: ArraySlice<UInt8>
    ) throws(WireError) -> IdempotencyLevel {
        let proto = "google.protobuf.MethodOptions"
        var level = IdempotencyLevel.unknown
        var reader = ProtobufReader(bytes, messageName: proto)
        while let field = try reader.next() {
            // "optional IdempotencyLevel idempotency_level = 34"
            guard field.number == 34 else { continue }
            level = IdempotencyLevel(rawValue: try field.int32(in: proto)) ?? .unknown
        }
        return level
    }
}
