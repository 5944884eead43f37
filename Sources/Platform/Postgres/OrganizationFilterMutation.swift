internal import Core

/// The one place where the mutant `dropOrganizationFilter` bites: statements lose their restriction to an
/// organization and transactions keep the login's role, which row security may not bind.
///
/// It shows that the tests of isolation notice when both walls are gone. In release builds nothing
/// of it exists: `isActive` is the constant false and the text stays as it is.
enum OrganizationFilterMutation {
    static var isActive: Bool { Mutant.dropOrganizationFilter.isActive }

    /// The statement as the server gets it.
    static func apply(to sql: String) -> String {
        #if TALLY_MUTANTS
            return isActive ? withoutFilter(sql) : sql
        #else
            return sql
        #endif
    }

    #if TALLY_MUTANTS
        /// Replaces each `org_id = $n`, with or without the name of a table before it, by a
        /// condition that always holds and keeps the parameter's type.
        static func withoutFilter(_ sql: String) -> String {
            // Word boundaries of text for people would see `t.org_id` as one word.
            let filter = #/(?:\b[a-z_]+\.)?\borg_id\s*=\s*(\$[0-9]+)(?:::uuid)?/#
                .wordBoundaryKind(.simple)
            return sql.replacing(filter) { match in "(\(match.1)::uuid IS NOT NULL)" }
        }
    #endif
}
