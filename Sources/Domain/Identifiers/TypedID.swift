package import Core

/// A UUIDv7 that knows what it names, so that a connection's id is never taken for an
/// organization's.
package struct TypedID<Kind>: Hashable, Comparable, Sendable {
    package let uuid: UUIDv7

    package init(_ uuid: UUIDv7) {
        self.uuid = uuid
    }

    /// Reads the 36-character form; anything else is `ID_MALFORMED`.
    package init(_ text: some StringProtocol) throws(ServiceError) {
        uuid = try UUIDv7(text)
    }

    package static func make(_ clock: WallClock = .system) -> Self {
        Self(.make(clock))
    }

    package var text: String { uuid.text }

    package static func < (left: Self, right: Self) -> Bool {
        left.uuid < right.uuid
    }
}

extension TypedID: CustomStringConvertible {
    package var description: String { text }
}

package enum OrganizationKind {}
package enum BusinessUnitKind {}
package enum ConnectionKind {}
package enum MemberKind {}
package enum BudgetKind {}
package enum JobKind {}
package enum ConnectionRunKind {}
package enum BackfillKind {}
package enum AuditRecordKind {}

package typealias OrganizationID = TypedID<OrganizationKind>
package typealias BusinessUnitID = TypedID<BusinessUnitKind>
package typealias ConnectionID = TypedID<ConnectionKind>
package typealias MemberID = TypedID<MemberKind>
package typealias BudgetID = TypedID<BudgetKind>
package typealias JobID = TypedID<JobKind>
package typealias ConnectionRunID = TypedID<ConnectionRunKind>
package typealias BackfillID = TypedID<BackfillKind>
package typealias AuditRecordID = TypedID<AuditRecordKind>
