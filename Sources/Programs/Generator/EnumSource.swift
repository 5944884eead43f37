import Wire

/// The Swift of an enum: a struct, so that values of a newer contract survive.
struct EnumSource {
    let enumeration: EnumDescriptor
    let access: String

    func write(to source: inout SourceText) {
        source.documentation(enumeration.comment)
        let conformances = "RawRepresentable, CaseIterable, Hashable, Sendable"
        source.block("\(access) struct \(enumeration.name): \(conformances)") { source in
            source.line("\(access) let rawValue: Int32")
            source.line()
            source.block("\(access) init(rawValue: Int32)") { source in
                source.line("self.rawValue = rawValue")
            }
            source.line()
            for value in enumeration.values {
                source.documentation(value.comment)
                let name = SwiftName.enumValue(value.name, of: enumeration.name)
                source.line(
                    "\(access) static let \(SwiftName.escaped(name)) = Self(rawValue: "
                        + "\(value.number))")
            }
            source.line()
            source.line("/// Every value that the contract names, in its order.")
            let all = enumeration.values.map {
                "." + SwiftName.enumValue($0.name, of: enumeration.name)
            }
            source.line("\(access) static let allCases: [Self] = [")
            source.line("    " + all.joined(separator: ", "))
            source.line("]")
            source.line()
            source.line("/// The name in the contract; nil for a value that it does not know.")
            source.block("\(access) var name: String?") { source in
                source.block("switch rawValue") { source in
                    for value in enumeration.values {
                        source.line("case \(value.number): \"\(value.name)\"")
                    }
                    source.line("default: nil")
                }
            }
        }
    }
}
