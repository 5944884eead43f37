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

    @Test func statementsStayAsTheyAreWithoutTheMutant() {
        let sql = "SELECT 1 FROM t WHERE org_id = $1"
        if !OrganizationFilterMutation.isActive {
            #expect(OrganizationFilterMutation.apply(to: sql) == sql)
        }
    }
}
