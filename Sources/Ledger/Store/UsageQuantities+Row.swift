import Domain
import Postgres

extension UsageQuantities {
    /// Reads 15 columns of token classes from `tokensAt` on, and what is not a token from two
    /// arrays, classes and amounts, from `othersAt` on.
    ///
    /// - Parameter zeros: whether a zero was given, as in an entry; in a roll-up it says nothing.
    init(row: PostgresRow, tokensAt: Int, othersAt: Int, zeros: Bool) throws {
        self.init()
        for index in QuantityClass.tokenClasses.indices {
            guard let amount = try row.optionalInt64(tokensAt + index) else { continue }
            if zeros || amount != 0 { setToken(index, amount) }
        }
        let amounts = try row.int64s(othersAt + 1)
        for (name, amount) in zip(try row.strings(othersAt), amounts) where zeros || amount != 0 {
            self[QuantityClass(rawValue: name)] = amount
        }
    }
}
