import API
import Foundation
import Wire

/// Makes requests from the schema alone: one that an organization may well send, and many that name
/// things in hostile ways.
struct RequestFactory {
    /// What a field of the requests holds.
    enum Role {
        /// The name of something that the organization has.
        case names(Thing)
        /// As many such names as one likes.
        case several(Thing)
        /// The same, where an empty one means all.
        case filters(Thing)
        /// The name of something that the call is to make, and what others have made like it.
        case fresh(like: Thing = .word, @Sendable (Int) -> String)
        /// What is as good as another. Where it is text, others have some of their own.
        case sample(JSONValue, like: Thing = .word)
        /// A sample that is text: what stands in its place may be anything, and what others write there.
        case text(JSONValue, like: Thing)
        /// A sample that is a number, a choice, a date or a time, and others in whose place it stands.
        case oneOf(JSONValue, hostile: [JSONValue])
        /// The number of something that the organization has.
        case numbers(Thing)
        /// A value that names something where the field beside it says of what it is; else as it stands.
        case values([(Thing, is: JSONValue)], plain: JSONValue, where: String)
        /// A number or a switch, whose default will do.
        case number(FieldDescriptor.Kind)
    }

    /// Which field of each choice among fields a request has, by the path of the choice; the first of
    /// those that are not named.
    typealias Choices = [String: Int]

    /// What a name can stand for.
    enum Thing: String, CaseIterable {
        case unit, connection, token, member, organization, slug, page
        /// An organization that operators may do anything to.
        case managed
        /// Units that a call may do away with or bring back.
        case retirable, mergeable, retired
        /// A metered event, and one that a call may do away with.
        case event, reversible
        /// A member, a token and a connection that a call may do away with.
        case removable, rotatable, deletable
        /// A back-fill of that connection.
        case backfill
        /// The address of a person whom a frontend acted for.
        case person
        /// A contract price, and a version of the attribution rules, by their numbers.
        case priceOverride, attributionVersion
        /// A version of the ranks of sources, or any.
        case ranksVersion
        /// What people and programs write where they may write what they like; and tags of that name.
        case word, tag
        /// The address of a member, the key of a provider, and the name of a connection that has the id of
        /// another organization's.
        case email, providerKey, twin
        /// The etag of something that has the same name in two organizations.
        case revision
    }

    /// A request with one name in it changed.
    struct Variant {
        /// Where, such as `filter.token_id`.
        let path: String
        let kind: Kind
        /// Whether what stands there is as good as any other text, or the name of something new.
        let isOfText: Bool
        let request: JSONValue
        /// The name that was put there.
        let name: String?
    }

    enum Kind: Hashable {
        case absent, empty, wildcard, malformed, extreme, unknown, foreign
    }

    /// No field of this name has a value: the schema has a field that the suite cannot cover.
    struct Uncovered: Error, CustomStringConvertible {
        let field: String
        var description: String {
            "\(field) is not covered; say in RequestFactory.roles what it holds"
        }
    }

    let schema: ReflectedSchema

    /// What fields hold, by `Message.field`, or by the field's name where all are alike.
    ///
    /// Every text field of a request needs a line: one that is missing fails the suite.
    static let roles: [String: Role] = [
        "unit_code": .names(.unit), "parent_code": .names(.unit), "unit": .names(.unit),
        "units": .names(.unit), "AuditFilter.token_id": .filters(.token),
        "AuditFilter.object_id": .filters(.member), "page_token": .filters(.page),
        "AuditFilter.on_behalf_of": .filters(.person),
        "ListMembersRequest.email": .filters(.person),
        "GetBusinessUnitRequest.code": .names(.unit),
        "ListBusinessUnitVersionsRequest.code": .names(.unit),
        "UpdateBusinessUnitRequest.code": .names(.retirable),
        "RetireBusinessUnitRequest.code": .names(.retirable), "successor_code": .names(.unit),
        "MergeBusinessUnitRequest.code": .names(.mergeable), "into_code": .names(.unit),
        "RestoreBusinessUnitRequest.code": .names(.retired),
        "GetConnectionRequest.id": .names(.connection),
        "ListConnectionRunsRequest.id": .names(.connection),
        "ListCodingActivityRequest.connection_id": .names(.connection),
        "SyncConnectionRequest.id": .names(.connection),
        "BackfillConnectionRequest.id": .names(.connection),
        "BackfillConnectionRequest.from": .sample("2026-10-20T00:00:00Z"),
        "BackfillConnectionRequest.through": .sample(.null),
        "ChangeConnectionBackfillRequest.id": .names(.backfill),
        "ListConnectionBackfillsRequest.id": .names(.deletable),
        "ReviveJobsRequest.ids": .sample("0198c4a2-1f00-7000-8000-000000000001"),
        "ListConnectionRunsRequest.report": .sample("usage"),
        "ReplaceConnectionKeyRequest.id": .names(.connection),
        "UpdateConnectionRequest.id": .names(.connection),
        "TestConnectionRequest.id": .names(.connection),
        "PauseConnectionRequest.id": .names(.connection),
        "ResumeConnectionRequest.id": .names(.connection),
        "DeleteConnectionRequest.id": .names(.deletable),
        "confirm_display_name": .sample("Deletable", like: .twin),
        "ImportConnectionsRequest.update_mask": .sample("labels"),
        "ConnectionFilter.record_of": .sample("RECORD_OF_UNSPECIFIED"),
        "ConnectionFilter.search": .sample(""),
        "ListConnectionsRequest.order_by": .sample("create_time desc"),
        "Label.key": .sample("stage"), "Label.value": .sample("test"),
        "ReconcileConnectionRequest.connection_id": .names(.connection),
        "RevokeTokenRequest.id": .names(.token), "GetTokenRequest.id": .names(.token),
        "RotateTokenRequest.id": .names(.rotatable), "GetMemberRequest.id": .names(.member),
        "UpdateMemberRequest.id": .names(.member), "RemoveMemberRequest.id": .names(.removable),
        "unit_codes": .names(.unit), "source_addresses": .sample("127.0.0.0/8"),
        "UpdateMemberRequest.update_mask": .sample("unit_codes"),
        "RotateTokenRequest.expire_time": .sample("2030-01-01T00:00:00Z"),
        "Event.connection": .names(.connection), "StreamEventsRequest.sequence": .sample("1"),
        "EventCorrection.source": .sample("gateway"), "EventCorrection.id": .names(.event),
        "EventCorrection.reason": .sample("Settled late"),
        "EventReversal.source": .sample("gateway"), "EventReversal.id": .names(.reversible),
        "EventReversal.reason": .sample("Sent twice"),
        "ExplainEventRequest.source": .sample("gateway"),
        "ExplainEventRequest.id": .names(.event),

        "organization": .names(.organization), "confirm_slug": .names(.slug),
        "SuspendOrganizationRequest.organization": .names(.managed),
        "ResumeOrganizationRequest.organization": .names(.managed),
        "SuspendOrganizationRequest.reason": .sample("Unpaid"),

        "CreateOrganizationRequest.slug": .fresh { "fresh-\($0)" },
        "CreateBusinessUnitRequest.code": .fresh { "fresh-\($0)" },
        "BusinessUnitRow.code": .fresh { "fresh-\($0)" },
        "email": .fresh(like: .email) { "fresh-\($0)@example.com" },
        "owner_email": .fresh(like: .email) { "owner-\($0)@example.com" },
        "display_name": .fresh { "Fresh \($0)" }, "Event.id": .fresh { "fresh-\($0)" },
        "AllocationRule.id": .fresh { "rule-\($0)" },

        "cost_center_code": .sample("4711"), "update_mask": .sample("display_name"),
        "etag": .sample("", like: .revision), "effective_date": .sample(day(20)),
        "as_of": .sample(day(5)),
        "time_zone": .sample("Europe/Berlin"), "reporting_currency": .sample("USD"),
        "api_key": .sample("sk-admin-isolation-0003", like: .providerKey),
        "amount": .sample("12.5"),
        "currency_code": .sample("USD"),
        "AuditFilter.method": .sample(""), "AuditFilter.object_type": .sample(""),
        "Condition.dimension": .sample("project"),
        "Condition.value": .values(
            [(.connection, is: "connection"), (.word, is: "project"), (.word, is: "api_key_id")],
            plain: "search", where: "dimension"),
        "PriceUpload.content": .sample(priceFile), "PriceUpload.file_name": .sample("prices.csv"),
        "PriceUpload.effective_time": .sample(.null),
        "PriceUpload.vanished_percent_max": .sample(.number("100")),
        "PriceOverride.provider": .sample("openai"),
        "PriceOverride.model_pattern": .sample("o3*"), "PriceOverride.service_tier": .sample(""),
        "PriceOverride.multiplier": .sample("0.5"), "FixedPrice.quantity_class": .sample("input"),
        "FixedPrice.rate": .sample("1"), "PriceOverride.effective_time": .sample(.null),
        "PriceOverride.create_time": .sample(.null), "PriceOverride.note": .sample("n"),
        "EndPriceOverrideRequest.number": .numbers(.priceOverride),
        "GetAttributionRulesRequest.version": .numbers(.attributionVersion),
        "AttributionRule.name": .sample("all"),
        "AttributionCondition.dimension": .sample("project"),
        "AttributionCondition.values": .sample("search"),
        "AttributionCondition.prefixes": .sample("proj_"),
        "AttributionRule.target": .sample("team"), "AttributionRule.constant": .sample("search"),
        "AttributionRule.copy_of": .sample("customer"),
        "AttributionPart.dimension": .sample("api_key_id"),
        "AttributionPart.after": .sample("key_"), "AttributionPart.before": .sample("_"),
        "AttributionMapping.dimension": .sample("project"),
        "AttributionMappingLine.from": .sample("search"),
        "AttributionMappingLine.to": .sample("discovery"),
        "SetAttributionRulesRequest.effective_time": .sample(.null),
        "SetAttributionRulesRequest.expected_version": .sample("0"),
        "SetAttributionRulesRequest.note": .sample("n"),
        "SetSourceRanksRequest.sources": .sample("gateway"),
        "SetSourceRanksRequest.expected_version": .numbers(.ranksVersion),
        "SimulatePricesRequest.price_file": .sample(""),
        "RepriceEventsRequest.provider": .sample("openai"),
        "RepriceEventsRequest.model": .sample(""),
        "RepriceEventsRequest.reason": .sample("Prices were wrong"),
        "GetPriceRequest.provider": .sample("openai"),
        "GetPriceRequest.model": .sample("gpt-4.1"), "GetPriceRequest.region": .sample(""),
        "GetPriceRequest.time": .sample("2026-10-27T10:00:00Z"), "known_at": .sample(.null),
        "Event.source": .sample("gateway"), "Event.provider": .sample("openai"),
        "Event.model": .sample("gpt-4.1"), "Event.requested_model": .sample(""),
        "Event.operation": .sample(""), "Event.region": .sample(""),
        "Event.service_tier": .sample(""), "Event.project": .sample("search"),
        "Event.api_key_id": .sample(""), "Event.user": .sample("jo"),
        "Event.session": .sample(""), "Event.run": .sample(""), "Event.feature": .sample(""),
        "Event.customer": .sample(""), "Event.team": .sample(""),
        "Event.environment": .sample(""), "Event.provider_request_id": .sample(""),
        "usage_object": .sample(""),
        "usage_format": .sample("USAGE_FORMAT_UNSPECIFIED"),
        "Tag.key": .sample("stage"),
        "Tag.value": .sample("test"), "Quantity.quantity_class": .sample("input"),
        "Quantity.amount": .sample("1000"),
        "UsageSummaryRequest.breakdowns": .sample("source", like: .tag),
        "TagCoverageRequest.dimensions": .sample("tag:stage", like: .tag),
        // The organizations have events of October.
        "ExportEntriesRequest.from": .sample(october),
        "ExportEntriesRequest.after": .filters(.page),
        "UsageFilter.dimension": .sample("source", like: .tag),
        "UsageFilter.values": .values(
            [
                (.connection, is: "connection"), (.word, is: "project"), (.word, is: "user"),
                (.word, is: "api_key_id"), (.word, is: "customer"), (.word, is: "model"),
            ], plain: "gateway", where: "dimension"),
        "SetAllocationRulesRequest.expected_version": .sample("0"),
        "Month": .sample(.object([.init("year", .number("2026")), .init("month", .number("10"))])),
        "Date": .sample(day(1)),
        "Role": .sample("ROLE_ANALYST"), "Event.time": .sample("2026-10-27T10:00:00Z"),
        "CreateTokenRequest.expire_time": .sample("2030-01-01T00:00:00Z"),
        "start_time": .sample("2020-01-01T00:00:00Z"), "end_time": .sample("2030-01-01T00:00:00Z"),
    ]

    /// A price file of one model, newer than the one that ships.
    private static let priceFile = JSONValue.string(
        Data(PriceUploads.file(["fresh,fresh-model,chat,1,,,,2,,,,,,,,,,,,,2026-11-05,test"]))
            .base64EncodedString())

    private static let october = JSONValue.object([
        .init("year", .number("2026")), .init("month", .number("10")), .init("day", .number("1")),
    ])

    /// A day of the month that the harness stands in.
    private static func day(_ day: Int) -> JSONValue {
        .object([
            .init("year", .number("2026")), .init("month", .number("11")),
            .init("day", .number("\(day)")),
        ])
    }

    /// Requests that an organization with `things` may well send: one for each field of each choice.
    func requests(
        of method: MethodDescriptor, things: [Thing: String], number: Int
    ) throws -> [JSONValue] {
        try choices(of: method).enumerated().map { index, choices in
            try object(method.requestType, path: "", choices) { role, _ in
                Self.plain(role, things, number + index)
            }
        }
    }

    private static func plain(_ role: Role, _ things: [Thing: String], _ number: Int) -> JSONValue?
    {
        switch role {
        case .filters: ""
        case .names(let thing), .several(let thing), .numbers(let thing):
            .string(things[thing] ?? "")
        case .values(_, let plain, _): plain
        case .fresh(_, let make): .string(make(number))
        case .sample(let value, _), .text(let value, _), .oneOf(let value, _): value
        case .number: nil
        }
    }

    /// The same with each name, and each other text, replaced by hostile ones, each number, date and time by
    /// extreme ones, and each choice by every other and by ones that there are not, one at a time; and where
    /// several may be named, with a hostile name beside one of ours.
    func variants(
        of method: MethodDescriptor, things: [Thing: String], foreign: [Thing: String], number: Int
    ) throws -> [Variant] {
        var variants: [Variant] = []
        var seen: Set<String> = []
        for choices in try choices(of: method) {
            var places: [(String, Role)] = []
            _ = try object(method.requestType, path: "", choices) { role, path in
                if case .sample = role { return "" }
                if seen.insert(path).inserted { places.append((path, role)) }
                return ""
            }
            for (path, role, label, beside) in places.flatMap({ Self.alternatives($0, $1) }) {
                for (kind, value) in Self.hostile(role, foreign: foreign) {
                    let number = number + variants.count + 1
                    let request = { (value: JSONValue?) in
                        try object(method.requestType, path: "", choices) { role, place in
                            if place == path { return value }
                            return place == beside?.path
                                ? beside?.value : Self.plain(role, things, number)
                        }
                    }
                    var name: String?
                    if case .string(let text)? = value { name = text }
                    variants.append(
                        Variant(
                            path: label, kind: kind, isOfText: role.isOfText,
                            request: try request(value), name: name))
                    guard case .several(let thing) = role, let value else { continue }
                    let both = JSONValue.array([.string(things[thing] ?? ""), value])
                    variants.append(
                        Variant(
                            path: "\(label) beside ours", kind: kind, isOfText: false,
                            request: try request(both), name: name))
                }
            }
        }
        return variants
    }

    private typealias Alternative = (
        path: String, role: Role, label: String, beside: (path: String, value: JSONValue)?
    )

    /// A place by itself; or, where a value names something by what another field holds, once for each that this may
    /// hold.
    private static func alternatives(_ path: String, _ role: Role) -> [Alternative] {
        guard case .values(let named, _, let field) = role else { return [(path, role, path, nil)] }
        let parts = path.split(separator: ".").dropLast() + [field[...]]
        return named.map { thing, value in
            (
                path, .names(thing), "\(path) of \(value.text())",
                (parts.joined(separator: "."), value)
            )
        }
    }

    /// A plain request with each text in it replaced by one that nobody should write, one at a time.
    func disfigured(
        _ method: MethodDescriptor, things: [Thing: String], texts: [String], number: Int
    ) throws -> [Variant] {
        var variants: [Variant] = []
        var seen: Set<String> = []
        for choices in try choices(of: method) {
            var places: [String] = []
            _ = try object(method.requestType, path: "", choices) { role, path in
                switch role {
                case .number, .numbers: return nil
                case .oneOf(let value, _): return value
                default: break
                }
                if case .sample(let value, _) = role {
                    guard case .string = value else { return value }
                }
                if seen.insert(path).inserted { places.append(path) }
                return ""
            }
            for path in places {
                for text in texts {
                    let number = number + variants.count
                    let request = try object(method.requestType, path: "", choices) { role, place in
                        if place == "update_mask", Self.isMasked(path) {
                            // Without a mask, all fields of rows are looked at.
                            let parts = path.split(separator: ".")
                            return parts[0] == "rows" ? nil : .string(String(parts[0]))
                        }
                        return place == path ? .string(text) : Self.plain(role, things, number)
                    }
                    variants.append(
                        Variant(
                            path: path, kind: .malformed, isOfText: true, request: request,
                            name: text))
                }
            }
        }
        return variants
    }

    /// Whether a call with an update mask looks at a field only where the mask names it: not where the
    /// field says which thing is changed.
    private static func isMasked(_ path: String) -> Bool {
        !["id", "code", "organization", "etag", "update_mask"].contains(path)
    }

    /// The first field of every choice; then each other field of each, one choice at a time.
    private func choices(of method: MethodDescriptor) throws -> [Choices] {
        var all: [Choices] = [[:]]
        var known: Set<String> = []
        var next = 0
        while next < all.count {
            let choices = all[next]
            next += 1
            var found: [(String, Int)] = []
            _ = try object(
                method.requestType, path: "", choices, onChoice: { found.append(($0, $1)) },
                { _, _ in "" })
            for (path, count) in found where known.insert(path).inserted {
                for index in 1..<max(count, 1) {
                    all.append(choices.merging([path: index]) { $1 })
                }
            }
        }
        return all
    }

    /// The lines of `roles` that some request of the schema has a use for.
    func usedRoles(of methods: [MethodDescriptor]) throws -> Set<String> {
        var used: Set<String> = []
        for method in methods {
            for choices in try choices(of: method) {
                _ = try object(
                    method.requestType, path: "", choices, onRole: { used.insert($0) },
                    { _, _ in "" })
            }
        }
        return used
    }

    /// A name of the same form that nobody has: its last letters and digits are others.
    static func unknown(like name: String) -> String {
        let digits = Array(
            name.count == 36 && name.contains("-") ? "0123456789abcdef" : "abcdefghijklmnop234567")
        let end = name.suffix(5).map { character in
            digits.firstIndex(of: character).map { digits[($0 + 1) % digits.count] } ?? character
        }
        return name.dropLast(5) + String(end)
    }

    /// An object of a message; `value` gives the text fields, the numbers, and those that have a role.
    /// - Parameters:
    ///   - onChoice: Is told of each choice among fields, with how many they are.
    ///   - onRole: Is told of each line of `roles` that is used.
    private func object(
        _ message: String, path: String, _ choices: Choices,
        onChoice: (String, Int) -> Void = { _, _ in }, onRole: (String) -> Void = { _ in },
        _ value: (Role, String) throws -> JSONValue?
    ) throws -> JSONValue {
        let descriptor = try schema.message(named: message)
        let name = message.split(separator: ".").last.map(String.init) ?? message
        var members: [JSONValue.Member] = []
        for field in descriptor.fields {
            if let oneof = field.oneofIndex {
                let choice = "\(path)#\(oneof)"
                let fields = descriptor.fields.filter { $0.oneofIndex == oneof }
                if fields.first == field { onChoice(choice, fields.count) }
                guard fields[choices[choice] ?? 0] == field else { continue }
            }
            let place = path.isEmpty ? field.name : "\(path).\(field.name)"
            let one: JSONValue?
            if let (line, role) = Self.role(of: field, in: name) {
                onRole(line)
                one = try value(self.role(role, of: field), place)
            } else {
                switch field.kind {
                case .message where field.typeName.hasSuffix("Timestamp"):
                    throw Uncovered(field: "\(name).\(field.name)")
                case .message:
                    one = try object(
                        field.typeName, path: place, choices, onChoice: onChoice, onRole: onRole,
                        value)
                case .enumeration:
                    let values = schema.enumeration(named: field.typeName)?.values
                    let first = values?.first { $0.number > 0 }.map { JSONValue.string($0.name) }
                    one = try first.flatMap {
                        try value(.oneOf($0, hostile: hostile(inPlaceOf: $0, of: field)), place)
                    }
                case .string, .bytes:
                    throw Uncovered(field: "\(name).\(field.name)")
                default:
                    one = try value(.number(field.kind), place)
                }
            }
            guard let one else { continue }
            var all = one
            if field.isRepeated {
                if case .array = one {} else { all = .array([one]) }
            }
            members.append(.init(field.jsonName, all))
        }
        return .object(members)
    }

    /// What else is known of the role by the field's type.
    private func role(_ role: Role, of field: FieldDescriptor) -> Role {
        switch role {
        case .sample(let sample, let thing) where field.kind == .string:
            return .text(sample, like: thing)
        case .sample(let sample, _):
            let hostile = hostile(inPlaceOf: sample, of: field)
            return hostile.isEmpty ? role : .oneOf(sample, hostile: hostile)
        case .names(let thing) where field.isRepeated: return .several(thing)
        default: return role
        }
    }

    private static func role(of field: FieldDescriptor, in message: String) -> (String, Role)? {
        let type = field.typeName.split(separator: ".").last.map(String.init) ?? ""
        for line in ["\(message).\(field.name)", field.name, type] {
            if let role = roles[line] { return (line, role) }
        }
        return nil
    }
}
