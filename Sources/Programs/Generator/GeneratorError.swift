/// What a contract may not hold because nothing could be generated for it.
struct GeneratorError: Error, CustomStringConvertible, Hashable {
    let description: String

    init(_ description: String) {
        self.description = description
    }
}
