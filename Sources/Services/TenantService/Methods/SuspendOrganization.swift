import API
import Core
import ServiceRuntime

extension Service {
    /// Servers that know the organization's tokens refuse them within a second.
    func suspendOrganization(
        _ request: SuspendOrganizationRequest, _ call: Call
    ) async throws -> Organization {
        try call.mustBeOperator()
        let reason = try SuspensionReason(request.reason)
        let now = call.clock.now
        return try await edit(request.organization, call) { organization, _ in
            organization.suspension = StoredOrganization.Suspension(
                since: organization.suspension?.since ?? now, reason: reason.text)
        }
    }

    /// Of one that is not suspended nothing changes.
    func resumeOrganization(
        _ request: ResumeOrganizationRequest, _ call: Call
    ) async throws -> Organization {
        try call.mustBeOperator()
        return try await edit(request.organization, call) { organization, _ in
            organization.suspension = nil
        }
    }
}
