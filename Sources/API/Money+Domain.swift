package import Core
package import Domain

extension Domain.Money {
    /// Reads an amount with its currency.
    /// - Parameter rounding: What becomes of more than 12 places.
    /// - Throws: `CURRENCY_MALFORMED`, `DECIMAL_MALFORMED` or `AMOUNT_OUT_OF_RANGE`; the field is
    ///   named from the amount on, such as `currency_code`.
    package init(wire: Money, rounding: Rounding = .refused) throws(ServiceError) {
        let currency: Currency
        do throws(ServiceError) {
            currency = try Currency(wire.currencyCode)
        } catch {
            throw error.within("currency_code")
        }
        do throws(ServiceError) {
            try self.init(wire.amount, currency: currency, rounding: rounding)
        } catch {
            throw error.within("amount")
        }
    }
}

extension Money {
    package init(_ money: Domain.Money) {
        self.init(amount: money.decimalText, currencyCode: money.currency.code)
    }
}
