import Testing

@testable import Postgres

@Suite struct OrganizationFilterMutationTests {
    @Test func mutantRewritesEachFilterAndNothingElse() {
        let sql = """
            SELECT a FROM t JOIN u ON u.org_id = t.org_id AND u.x = $2
            WHERE t.org_id = $1 AND org_id = $1::uuid AND other_org_id = $3
            """
        #expect(
            OrganizationFilterMutation.withoutFilter(sql) == """
                SELECT a FROM t JOIN u ON u.org_id = t.org_id AND u.x = $2
                WHERE ($1::uuid IS NOT NULL) AND ($1::uuid IS NOT NULL) AND other_org_id = $3
                """)
    }

    @Test func organizationsAreKnownByTheirIDs() {
        #expect(
            OrganizationFilterMutation.withoutFilter(
                "SELECT a FROM organizations\nWHERE id = $1 AND b = $2")
                == "SELECT a FROM organizations WHERE ($1::uuid IS NOT NULL) AND b = $2")
        #expect(
            OrganizationFilterMutation.withoutFilter(
                "UPDATE organizations SET a = $2 WHERE organizations.id = $1")
                == "UPDATE organizations SET a = $2 WHERE ($1::uuid IS NOT NULL)")
        let other = "SELECT a FROM connections WHERE id = $1"
        #expect(OrganizationFilterMutation.withoutFilter(other) == other)
    }

    @Test func onlyAPoolThatIsToldSoLosesTheFilter() {
        let sql = "SELECT 1 FROM t WHERE org_id = $1"
        var configuration = PostgresConfiguration(url: "")
        let isActive = OrganizationFilterMutation.isActive
        #expect(OrganizationFilterMutation.bites(configuration) == isActive)
        configuration.isOrganizationFilterDropped = true
        #expect(OrganizationFilterMutation.bites(configuration))
        #expect(OrganizationFilterMutation.apply(to: sql, bites: false) == sql)
        #expect(OrganizationFilterMutation.apply(to: sql, bites: true) != sql)
    }
}
