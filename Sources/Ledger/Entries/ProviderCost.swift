package import Core
package import Domain

/// What the provider itself said that a call cost. Shown beside the event's price, and summed nowhere.
///
/// Not a `Money`, whose 128 bits would make every event larger and align it to 16 bytes.
package struct ProviderCost: Hashable, Sendable {
    let picos: Int64
    let currency: Currency

    /// - Throws: `NEGATIVE_AMOUNT`; `AMOUNT_OUT_OF_RANGE` beyond 64 bits of picos.
    package init(_ money: Money) throws(ServiceError) {
        guard money.picos >= 0 else {
            throw ServiceError(
                .invalidArgument, "NEGATIVE_AMOUNT", field: "amount",
                "What a call cost is 0 or more.")
        }
        guard let picos = Int64(exactly: money.picos) else {
            throw ServiceError(
                .invalidArgument, "AMOUNT_OUT_OF_RANGE", field: "amount",
                "A call's cost is at most about 9.2 million units.")
        }
        self.init(picos: picos, currency: money.currency)
    }

    init(picos: Int64, currency: Currency) {
        self.picos = picos
        self.currency = currency
    }

    package var money: Money { Money(picos: Int128(picos), currency: currency) }
}
