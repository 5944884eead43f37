import API
import Testing
import Wire

/// Messages in JSON, made from the schema alone: every field set, none to its default.
struct RandomJSON {
    let schema: ReflectedSchema
    var random: SplitMix

    mutating func message(_ name: String) throws -> JSONValue {
        if name == "google.protobuf.Timestamp" { return .string(timestamp()) }
        var members: [JSONValue.Member] = []
        let message = try schema.message(named: name)
        var chosen: [Int: Int] = [:]
        for field in message.fields {
            if let oneof = field.oneofIndex {
                let choices = message.fields.filter { $0.oneofIndex == oneof }.map(\.number)
                let number = chosen[oneof] ?? choices.randomElement(using: &random)
                chosen[oneof] = number
                if number != field.number { continue }
            }
            if field.isRepeated {
                let count = Int.random(in: 1...3, using: &random)
                var elements: [JSONValue] = []
                for _ in 0..<count { elements.append(try value(of: field)) }
                members.append(JSONValue.Member(field.jsonName, .array(elements)))
            } else {
                members.append(JSONValue.Member(field.jsonName, try value(of: field)))
            }
        }
        return .object(members)
    }

    private mutating func value(of field: FieldDescriptor) throws -> JSONValue {
        switch field.kind {
        case .int32, .sint32, .sfixed32:
            return .number("\(Int32.random(in: Int32.min ... -1, using: &random))")
        case .uint32, .fixed32: return .number("\(UInt32.random(in: 1 ... .max, using: &random))")
        case .int64, .sint64, .sfixed64:
            return .string("\(Int64.random(in: Int64.min ... -1, using: &random))")
        case .uint64, .fixed64: return .string("\(UInt64.random(in: 1 ... .max, using: &random))")
        case .bool: return true
        case .string: return .string(text())
        case .bytes:
            return .string("\(["AA==", "+/8=", "AQID"].randomElement(using: &random) ?? "")")
        case .enumeration:
            let values = schema.enumeration(named: field.typeName)?.values.filter { $0.number != 0 }
            return .string(try #require(values?.randomElement(using: &random)).name)
        case .message: return try message(field.typeName)
        case .double, .float, .group: throw ReflectionError("unexpected kind", at: field.name)
        }
    }

    private mutating func text() -> String {
        let alphabet = Array("aZ09 \"\\\n\t/<&äß漢🙂\u{1}\u{7f}")
        let count = Int.random(in: 1...12, using: &random)
        return String((0..<count).compactMap { _ in alphabet.randomElement(using: &random) })
    }

    private mutating func timestamp() -> String {
        let two = { (number: Int) in number < 10 ? "0\(number)" : "\(number)" }
        let date =
            "\(Int.random(in: 1971...9999, using: &random))-"
            + "\(two(.random(in: 1...12, using: &random)))-\(two(.random(in: 1...28, using: &random)))"
        let time = [23, 59, 59].map { two(.random(in: 0...$0, using: &random)) }
        let fraction = ["", ".250", ".000001", ".123456789"].randomElement(using: &random) ?? ""
        return "\(date)T\(time.joined(separator: ":"))\(fraction)Z"
    }
}

/// Sebastiano Vigna's SplitMix64: the same numbers for the same seed on every machine.
struct SplitMix: RandomNumberGenerator {
    private var state: UInt64

    init(seed: UInt64) {
        state = seed
    }

    mutating func next() -> UInt64 {
        state &+= 0x9e37_79b9_7f4a_7c15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xbf58_476d_1ce4_e5b9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94d0_49bb_1331_11eb
        return mixed ^ (mixed >> 31)
    }
}
