import API
import Core
import Domain
import ServiceRuntime

/// Which connections a list shows, and in which order, checked.
struct ConnectionSelection: Sendable, Hashable {
    /// Contract's names of what lists can be ordered by.
    enum Order: String, CaseIterable, Sendable {
        case displayName = "display_name"
        case provider = "provider"
        case health = "health"
        case createTime = "create_time"
        case lastSuccessTime = "last_success_time"
    }

    static let searchLengthMax = 200

    /// Empty for all.
    let providers: [ConnectedProvider]
    /// Numbers of the contract's `ConnectionHealth`; empty for all.
    let healths: [Int64]
    /// A key whose value is empty stands for any value.
    let labels: ConnectionLabels
    /// Nil for all.
    let recordOf: RecordKind?
    /// Empty for all.
    let search: String
    let showsDeleted: Bool
    let order: Order
    let isDescending: Bool

    /// Checks in order: `PROVIDER_UNKNOWN`, `CONNECTION_HEALTH_UNKNOWN`, the labels,
    /// `RECORD_OF_UNKNOWN`, `SEARCH_MALFORMED`, `ORDER_BY_UNKNOWN`.
    init(wire request: ListConnectionsRequest) throws(ServiceError) {
        let filter = request.filter ?? ConnectionFilter()
        var providers: [ConnectedProvider] = []
        for (index, wire) in filter.providers.enumerated() {
            guard let provider = ConnectedProvider(wire: wire) else {
                throw ServiceError(
                    .invalidArgument, "PROVIDER_UNKNOWN", field: "filter.providers[\(index)]",
                    "There is no provider with the number \(wire.rawValue).")
            }
            providers.append(provider)
        }
        self.providers = providers
        for (index, health) in filter.healths.enumerated() {
            guard health != .unspecified, health.name != nil else {
                throw ServiceError(
                    .invalidArgument, "CONNECTION_HEALTH_UNKNOWN",
                    field: "filter.healths[\(index)]",
                    "No connection's health has the number \(health.rawValue).")
            }
        }
        healths = filter.healths.map { Int64($0.rawValue) }
        do throws(ServiceError) {
            labels = try ConnectionLabels(wire: filter.labels)
            recordOf = filter.recordOf == .unspecified ? nil : try RecordKind(wire: filter.recordOf)
        } catch {
            throw error.within("filter")
        }
        guard filter.search.unicodeScalars.count <= Self.searchLengthMax,
            UnseenCharacter.first(in: filter.search) == nil
        else {
            throw ServiceError(
                .invalidArgument, "SEARCH_MALFORMED", field: "filter.search",
                "A search has at most \(Self.searchLengthMax) characters, all of them such as "
                    + "people can see.")
        }
        search = filter.search
        showsDeleted = request.showDeleted
        (order, isDescending) = try Self.order(request.orderBy)
    }

    /// `field`, `field asc` or `field desc`.
    private static func order(_ text: String) throws(ServiceError) -> (Order, Bool) {
        guard !text.isEmpty else { return (.displayName, false) }
        let words = text.split(separator: " ", omittingEmptySubsequences: false)
        guard let order = Order(rawValue: String(words[0])), words.count <= 2,
            words.count == 1 || ["asc", "desc"].contains(words[1])
        else {
            throw ServiceError(
                .invalidArgument, "ORDER_BY_UNKNOWN", field: "order_by",
                "Order by \(Order.allCases.map(\.rawValue).joined(separator: ", ")), with asc or "
                    + "desc behind it.")
        }
        return (order, words.last == "desc")
    }
}

/// Where a list of connections goes on: behind the one with this sort key and id.
struct ConnectionPosition: Sendable, Hashable {
    let sortKey: String
    let id: ConnectionID

    init(sortKey: String, id: ConnectionID) {
        self.sortKey = sortKey
        self.id = id
    }

    /// Reads what `text` wrote for the same order; `PAGE_TOKEN_INVALID` for anything else.
    init(_ text: String, of selection: ConnectionSelection) throws(ServiceError) {
        let parts = text.split(
            separator: " ", maxSplits: 2, omittingEmptySubsequences: false)
        guard parts.count == 3, String(parts[0]) == Self.order(selection),
            let id = try? ConnectionID(String(parts[1]))
        else { throw PageToken.invalid }
        self.init(sortKey: String(parts[2]), id: id)
    }

    func text(of selection: ConnectionSelection) -> String {
        "\(Self.order(selection)) \(id.text) \(sortKey)"
    }

    private static func order(_ selection: ConnectionSelection) -> String {
        selection.order.rawValue + (selection.isDescending ? "-" : "+")
    }
}
