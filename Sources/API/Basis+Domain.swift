package import Core
package import Domain

extension Domain.Basis {
    /// Reads a basis; unspecified is effective, a value that we do not know `BASIS_UNKNOWN`.
    package init(wire: Basis) throws(ServiceError) {
        switch wire {
        case .unspecified, .effective: self = .effective
        case .metered: self = .metered
        case .billed: self = .billed
        default:
            throw ServiceError(
                .invalidArgument, "BASIS_UNKNOWN", field: "basis",
                "A basis is BASIS_EFFECTIVE, BASIS_METERED or BASIS_BILLED.")
        }
    }
}

extension Basis {
    package init(_ basis: Domain.Basis) {
        switch basis {
        case .effective: self = .effective
        case .metered: self = .metered
        case .billed: self = .billed
        }
    }
}
