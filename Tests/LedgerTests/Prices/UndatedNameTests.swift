import Testing

@testable import Ledger

/// What is left of a model's name without the day that it ends with.
@Suite struct UndatedNameTests {
    @Test(arguments: [
        ("gpt-5-2025-02-28", ["gpt-5"]), ("gpt-5-20240229", ["gpt-5"]),
        ("gpt-5-2025-0806", ["gpt-5"]),
        ("gpt-5-2025-02-29", []), ("gpt-5-2025-02-31", []), ("gpt-5-20250431", []),
        ("gpt-5-2025-13-01", []), ("gpt-5-2025-00-10", []), ("gpt-5-0613", []), ("gpt-5", []),
        ("-20250101", []),
    ])
    func onlyDaysOfTheCalendarAreLeftOut(model: String, names: [String]) {
        #expect(PriceCatalogue.undatedNames(of: model) == names)
    }
}
