import API
import Testing

@testable import CLI

/// Parts of a repricing add up, exactly.
@Suite struct RepricedSumsTests {
    private func cost(_ model: String, _ before: String, _ after: String, _ difference: String)
        -> RepricedCost
    {
        let money = { (amount: String) in Money(amount: amount, currencyCode: "USD") }
        return RepricedCost(
            provider: "openai", model: model, events: 2, before: money(before),
            after: money(after), difference: money(difference), unpricedBefore: 1)
    }

    @Test func partsAddUp() throws {
        var sums = RepricedSums()
        try sums.add(
            RepriceEventsResponse(
                models: [cost("a", "1.000000000001", "3", "1.999999999999")],
                total: cost("", "1.000000000001", "3", "1.999999999999"), nextPageToken: "next",
                completeness: Completeness(basis: .metered, unpricedEntries: 3)))
        try sums.add(
            RepriceEventsResponse(
                models: [cost("b", "9", "4", "-5"), cost("a", "0", "0.5", "0.5")],
                total: cost("", "9", "4.5", "-4.5"),
                completeness: Completeness(basis: .metered, unpricedEntries: 4)))
        let response = sums.response
        #expect(response.models.map(\.model) == ["b", "a"], "the largest change first")
        #expect(response.models[1].before?.amount == "1.000000000001")
        #expect(response.models[1].difference?.amount == "2.499999999999")
        #expect(response.models[1].events == 4 && response.models[1].unpricedBefore == 2)
        #expect(response.total?.difference?.amount == "-2.500000000001")
        #expect(response.nextPageToken.isEmpty)
        #expect(response.completeness?.unpricedEntries == 7)
    }
}
