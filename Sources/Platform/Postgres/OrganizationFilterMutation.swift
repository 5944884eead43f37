internal import Core

/// The one place where statements can lose their restriction to an organization: by the mutant
/// `dropOrganizationFilter`, under which transactions also keep the login's role, which row security
/// may not bind; or for one pool, to show that row security holds alone.
///
/// In release builds nothing of it exists: the text stays as it is.
enum OrganizationFilterMutation {
    static var isActive: Bool { Mutant.dropOrganizationFilter.isActive }

    /// Whether the statements of a connection lose their filter.
    static func bites(_ configuration: PostgresConfiguration) -> Bool {
        #if TALLY_MUTANTS
            return isActive || configuration.isOrganizationFilterDropped
        #else
            return false
        #endif
    }

    /// The statement as the server gets it.
    static func apply(to sql: String, bites: Bool) -> String {
        #if TALLY_MUTANTS
            return bites ? withoutFilter(sql) : sql
        #else
            return sql
        #endif
    }

    #if TALLY_MUTANTS
        /// Replaces each `org_id = $n`, with or without the name of a table before it, and the `id`
        /// of an organization, by a condition that always holds and keeps the parameter's type.
        static func withoutFilter(_ sql: String) -> String {
            // Word boundaries of text for people would see `t.org_id` as one word.
            let filter = #/(?:\b[a-z_]+\.)?\borg_id\s*=\s*(\$[0-9]+)(?:::uuid)?/#
                .wordBoundaryKind(.simple)
            let ofOrganization = #/\borganizations\s+WHERE\s+id\s*=\s*(\$[0-9]+)/#
                .wordBoundaryKind(.simple)
            let changeOfOrganization = #/\borganizations\.id\s*=\s*(\$[0-9]+)/#
                .wordBoundaryKind(.simple)
            return sql.replacing(filter) { match in "(\(match.1)::uuid IS NOT NULL)" }
                .replacing(ofOrganization) { match in
                    "organizations WHERE (\(match.1)::uuid IS NOT NULL)"
                }
                .replacing(changeOfOrganization) { match in "(\(match.1)::uuid IS NOT NULL)" }
        }
    #endif
}
