/// How the jobs of some kinds stand.
package struct JobCounts: Hashable, Sendable {
    /// Jobs that run, are due, or failed and will be tried again.
    package let unsettled: Int
    /// Jobs whose last run ended in an error.
    package let withError: Int
    /// Jobs that nobody claims before somebody revives them.
    package let setAside: Int
    /// Time until the next one may be claimed; nil where there is none.
    package let untilNextDue: Duration?
}
