import API
import Core
import ServiceRuntime

extension Service {
    /// Begins the grace period. One that runs already is not prolonged.
    ///
    /// A worker erases the organization once it is over; until then nothing of it is touched.
    func deleteOrganization(
        _ request: DeleteOrganizationRequest, _ call: Call
    ) async throws -> Organization {
        let end = terms.end(from: call.clock.now)
        return try await edit(request.organization, isReported: true, call) { organization, _ in
            guard request.confirmSlug == organization.slug else {
                throw ServiceError(
                    .invalidArgument, "CONFIRM_SLUG_MISMATCH", field: "confirm_slug",
                    "Give the slug of the organization that is to be deleted with everything it "
                        + "has.")
            }
            organization.deleteAfter = organization.deleteAfter ?? end
        }
    }

    /// Ends the grace period without an erasure. Of one that nobody deletes nothing changes.
    func restoreOrganization(
        _ request: RestoreOrganizationRequest, _ call: Call
    ) async throws -> Organization {
        try await edit(request.organization, isReported: true, call) { organization, _ in
            organization.deleteAfter = nil
        }
    }
}
