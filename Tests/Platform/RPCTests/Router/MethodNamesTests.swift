import Testing

@testable import RPC

@Suite struct MethodNamesTests {
    /// Names alike at their ends share a place to begin the search at.
    @Test(arguments: [0, 1, 27, 200])
    func everyNameIsFoundAndNoOther(count: Int) {
        let names = (0..<count).map { "tally.v1.Service\($0 % 10)/Method\(String($0, radix: 3))" }
        let alike = names.map { "another." + $0 }
        let table = MethodNames(names + names)
        #expect(table.all == names)
        for (number, name) in names.enumerated() { #expect(table[name] == number) }
        for name in alike + ["", "a", "é", "tally.v1.Service0/"] { #expect(table[name] == nil) }
    }
}
