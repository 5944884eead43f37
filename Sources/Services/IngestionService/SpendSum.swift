import API
import Core
import Domain
import Ledger

/// Sums of one group of rows.
struct SpendSum: Hashable, Sendable {
    var picos: Int128 = 0
    var requests: Int64 = 0
    var tokens: Int64 = 0
    var unpricedEntries: Int64 = 0
    var unpricedTokens: Int64 = 0

    /// `AMOUNT_OUT_OF_RANGE` beyond 128 bits; counts stay at the largest number.
    mutating func add(_ row: SpendRow) throws(ServiceError) {
        try add(
            SpendSum(
                picos: row.amount.picos, requests: row.requests, tokens: row.tokens,
                unpricedEntries: row.unpricedEntries, unpricedTokens: row.unpricedTokens))
    }

    /// As of a row.
    mutating func add(_ other: SpendSum) throws(ServiceError) {
        let (sum, overflow) = picos.addingReportingOverflow(other.picos)
        guard !overflow else {
            throw ServiceError(
                .outOfRange, "AMOUNT_OUT_OF_RANGE", "The sum is beyond 128 bits of picos.")
        }
        picos = sum
        requests = requests.addingClamped(other.requests)
        tokens = tokens.addingClamped(other.tokens)
        unpricedEntries = unpricedEntries.addingClamped(other.unpricedEntries)
        unpricedTokens = unpricedTokens.addingClamped(other.unpricedTokens)
    }

    /// What is left of it behind a part of it.
    func without(_ part: SpendSum) throws(ServiceError) -> SpendSum {
        let (rest, overflow) = picos.subtractingReportingOverflow(part.picos)
        guard !overflow else {
            throw ServiceError(
                .outOfRange, "AMOUNT_OUT_OF_RANGE", "The rest is beyond 128 bits of picos.")
        }
        return SpendSum(
            picos: rest, requests: requests - part.requests, tokens: tokens - part.tokens,
            unpricedEntries: unpricedEntries - part.unpricedEntries,
            unpricedTokens: unpricedTokens - part.unpricedTokens)
    }

    func figures(_ currency: Currency) -> UsageFigures {
        UsageFigures(
            cost: API.Money(Domain.Money(picos: picos, currency: currency)), requests: requests,
            tokens: tokens, unpricedEntries: unpricedEntries, unpricedTokens: unpricedTokens)
    }
}
