import Configuration

extension ConfigReader {
    /// The value of an environment variable by its own name; nil where it is not set.
    func string(forVariable name: String) -> String? {
        let words = name.lowercased().split(separator: "_").map(String.init)
        return string(forKey: ConfigKey(words))
    }
}
