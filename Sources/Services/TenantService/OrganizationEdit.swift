import API
import Core
import Domain
import Postgres
import ServiceRuntime

extension Service {
    /// The organization that a request names: of operators any, of others their own or none. Whether
    /// it exists, only reading it tells.
    func organizationID(
        named name: String, _ call: Call
    ) async throws -> OrganizationID {
        guard !call.caller.isOperator else { return try await organizationID(ofAny: name, call) }
        let own = try call.organizationID
        if name.isEmpty || name.lowercased() == own.text { return own }
        let organization = try await call.snapshot { transaction in
            try await transaction.first(SelectOrganization(id: own))
        }
        guard organization?.slug == name else { throw StoredOrganization.notFound }
        return own
    }

    private func organizationID(ofAny name: String, _ call: Call) async throws -> OrganizationID {
        guard !name.isEmpty else {
            throw ServiceError(
                .invalidArgument, "ORGANIZATION_NAME_REQUIRED", field: "organization",
                "Operators belong to no organization: name one by its id or slug.")
        }
        if let id = try? OrganizationID(name) { return id }
        guard let slug = try? OrganizationSlug(name) else { throw StoredOrganization.notFound }
        let id = try await call.operatorSnapshot { transaction in
            try await transaction.first(SelectOrganizationOfSlug(slug: slug))
        }
        guard let id else { throw StoredOrganization.notFound }
        return id
    }

    /// Of an organization that an operator is about to change: that there is one. Asked for first,
    /// since a data key is looked for, and made, for whatever is changed.
    private func mustBeThere(
        _ id: OrganizationID, at now: Instant, _ call: Call
    ) async throws {
        let (organization, erased) = try await call.operatorSnapshot { transaction in
            (
                try await transaction.first(SelectOrganization(id: id)),
                try await transaction.first(SelectErasedOrganization(id: id))
            )
        }
        guard let organization else {
            throw erased == nil ? StoredOrganization.notFound : StoredOrganization.erased
        }
        try organization.mustNotBeErased(at: now)
    }

    /// Changes one organization as `change` says, for its owner or an operator, and answers with what
    /// it is then.
    ///
    /// Nobody else changes it meanwhile. Where it stays as it was, nothing is written.
    /// - Parameter isReported: Whether the operators' audit log has it, too, which outlives the
    ///   organization; it always has what operators change.
    func edit(
        _ name: String, etag: String = "", isReported: Bool = false, _ call: Call,
        _ change: @Sendable (inout StoredOrganization, PostgresTransaction) async throws -> Void
    ) async throws -> Organization {
        let id = try await organizationID(named: name, call)
        let now = call.clock.now
        if call.caller.isOperator { try await mustBeThere(id, at: now, call) }
        return try await call.managing(
            id, isReported: isReported || call.caller.isOperator
        ) { transaction in
            guard try await transaction.first(LockOrganization(id: id)) != nil,
                let before = try await transaction.first(SelectLockedOrganization(id: id))
            else { throw StoredOrganization.notFound }
            try before.mustNotBeErased(at: now)
            try before.mustMatch(etag: etag)
            var after = before
            try await change(&after, transaction)
            guard after != before else { return before.message(terms) }
            after.revision += 1
            try await transaction.store(after, since: before, byOperator: call.caller.isOperator)
            try call.changed(
                .organization, id.text, from: before.message(terms).json(),
                to: after.message(terms).json())
            return after.message(terms)
        }
    }
}

extension Call {
    /// Works on one organization as its own service does, or as an operator, who reads no figures.
    func managing<R: Sendable>(
        _ organization: OrganizationID, isReported: Bool,
        _ body: @Sendable (PostgresTransaction) async throws -> R
    ) async throws -> R {
        caller.isOperator
            ? try await operatorTransaction(
                organization: organization, isReported: isReported, body)
            : try await transaction(isReported: isReported, body)
    }
}

extension PostgresTransaction {
    /// Writes what changed of an organization; each role may write its own part of it.
    fileprivate func store(
        _ after: StoredOrganization, since before: StoredOrganization, byOperator: Bool
    ) async throws {
        if byOperator {
            try await execute(UpdateOrganizationPlan(organization: after))
            if after.limits.callsPerSecondMax != before.limits.callsPerSecondMax
                || (after.suspension == nil) != (before.suspension == nil)
            {
                try await execute(UpsertOrganizationPlanState(organization: after))
            }
        } else {
            try await execute(UpdateOrganizationSettings(organization: after))
            if after.retentionMonths != before.retentionMonths {
                try await execute(UpsertOrganizationRetention(organization: after))
            }
        }
        guard after.deleteAfter != before.deleteAfter else { return }
        let written = try await execute(UpsertOrganizationDeletion(organization: after))
        // Its erasure began in the meantime.
        guard written == 1 else { throw StoredOrganization.erased }
    }
}
