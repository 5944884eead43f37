/// Disjoint quantities by class, like a dictionary, quick for the token classes.
///
/// An explicit zero differs from an absent class: `UsageQuantities([.init(.input, 0)])` has a
/// class, `UsageQuantities()` has none. Order of insertion does not matter for equality.
package struct UsageQuantities: Sendable {
    /// One a token class, in the order of `QuantityClass.tokenClasses`; 0 where it was not given. Within
    /// the value, since every event has one.
    private var tokens: [15 of Int64]
    /// Bit n: token class n was given.
    private var given: UInt16
    /// What is not a token, sorted by class.
    private var counted: [Quantity]

    package init() {
        tokens = .init(repeating: 0)
        given = 0
        counted = []
    }

    /// Later quantities of the same class replace earlier ones.
    package init(_ quantities: some Sequence<Quantity>) {
        self.init()
        for quantity in quantities { self[quantity.quantityClass] = quantity.amount }
    }

    /// The amount of a class; nil where it was not given.
    package subscript(_ quantityClass: QuantityClass) -> Int64? {
        get {
            if let index = quantityClass.tokenIndex { return token(index) }
            return counted.first { $0.quantityClass == quantityClass }?.amount
        }
        set {
            if let index = quantityClass.tokenIndex {
                setToken(index, newValue)
                return
            }
            counted.removeAll { $0.quantityClass == quantityClass }
            guard let newValue else { return }
            let position =
                counted.firstIndex { $0.quantityClass > quantityClass } ?? counted.endIndex
            counted.insert(Quantity(quantityClass, newValue), at: position)
        }
    }

    /// The amount of token class number `index` of `QuantityClass.tokenClasses`.
    package func token(_ index: Int) -> Int64? {
        given & (1 << index) == 0 ? nil : tokens[index]
    }

    package mutating func setToken(_ index: Int, _ amount: Int64?) {
        tokens[index] = amount ?? 0
        given = amount == nil ? given & ~(1 << index) : given | (1 << index)
    }

    /// What is not a token, sorted by class.
    package var otherQuantities: [Quantity] { counted }

    /// Every class given, tokens first in the contract's order, then the rest by name.
    package var all: [Quantity] {
        var result: [Quantity] = []
        forEachToken { result.append(Quantity(QuantityClass.tokenClasses[$0], $1)) }
        return result + counted
    }

    /// Calls `body` for every class given, in the order of `all`.
    package func forEach(_ body: (QuantityClass, Int64) -> Void) {
        forEachToken { body(QuantityClass.tokenClasses[$0], $1) }
        for quantity in counted { body(quantity.quantityClass, quantity.amount) }
    }

    /// Calls `body` with number and amount of every token class given, in their order.
    package func forEachToken<Failure: Error>(
        _ body: (Int, Int64) throws(Failure) -> Void
    ) throws(Failure) {
        var remaining = given
        while remaining != 0 {
            let index = remaining.trailingZeroBitCount
            try body(index, tokens[index])
            remaining &= remaining - 1
        }
    }

    /// Without classes of which there is nothing.
    package var withoutZeros: UsageQuantities {
        UsageQuantities(all.filter { $0.amount != 0 })
    }

    package var isEmpty: Bool { given == 0 && counted.isEmpty }

    /// Sum of the token classes; nil beyond 64 bits.
    package var totalTokens: Int64? {
        sum(of: tokens.indices)
    }

    /// Sum of the prompt's token classes, which decides the context tier; nil beyond 64 bits.
    package var inputSideTokens: Int64? {
        sum(of: Self.inputSideIndexes)
    }

    private static let inputSideIndexes = QuantityClass.tokenClasses.indices.filter {
        QuantityClass.inputSide.contains(QuantityClass.tokenClasses[$0])
    }

    private func sum(of indexes: some Sequence<Int>) -> Int64? {
        var total: Int64 = 0
        for index in indexes {
            let (next, overflow) = total.addingReportingOverflow(tokens[index])
            if overflow { return nil }
            total = next
        }
        return total
    }

    /// This minus `other`, class by class; nil beyond 64 bits. A class that either has is given.
    package func subtracting(_ other: UsageQuantities) -> UsageQuantities? {
        combined(with: other) { $0.subtractingReportingOverflow($1) }
    }

    /// The sum class by class; nil beyond 64 bits.
    package func adding(_ other: UsageQuantities) -> UsageQuantities? {
        combined(with: other) { $0.addingReportingOverflow($1) }
    }

    private func combined(
        with other: UsageQuantities,
        _ operation: (Int64, Int64) -> (partialValue: Int64, overflow: Bool)
    ) -> UsageQuantities? {
        var result = UsageQuantities()
        for index in tokens.indices where (given | other.given) & (1 << index) != 0 {
            let (value, overflow) = operation(tokens[index], other.tokens[index])
            if overflow { return nil }
            result.setToken(index, value)
        }
        for quantityClass in Set((counted + other.counted).map(\.quantityClass)) {
            let (value, overflow) = operation(self[quantityClass] ?? 0, other[quantityClass] ?? 0)
            if overflow { return nil }
            result[quantityClass] = value
        }
        return result
    }
}

extension UsageQuantities: Hashable {
    package static func == (left: UsageQuantities, right: UsageQuantities) -> Bool {
        left.given == right.given && left.counted == right.counted
            && left.tokens.indices.allSatisfy { left.tokens[$0] == right.tokens[$0] }
    }

    package func hash(into hasher: inout Hasher) {
        for index in tokens.indices { hasher.combine(tokens[index]) }
        hasher.combine(given)
        hasher.combine(counted)
    }
}
