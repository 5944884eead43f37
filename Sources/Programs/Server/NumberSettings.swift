import Configuration
import Core

/// Reads settings that are whole numbers, each within its range.
struct NumberSettings {
    /// Of the whole environment.
    let reader: ConfigReader

    /// The number, or `standard` where the variable is not set.
    /// - Throws: `SETTING_OUT_OF_RANGE`, also for what is no whole number.
    func number(
        _ variable: String, _ range: ClosedRange<Int>, default standard: Int
    ) throws -> Int {
        let words = variable.lowercased().split(separator: "_").map(String.init)
        // As text: a reader of numbers takes the default for whatever it cannot read.
        guard let text = reader.string(forKey: ConfigKey(words)) else { return standard }
        guard let number = Int(text), range.contains(number) else {
            throw ServiceError(
                .invalidArgument, "SETTING_OUT_OF_RANGE", field: variable,
                "\(variable) must be a whole number, \(range.lowerBound) to \(range.upperBound).")
        }
        return number
    }
}
