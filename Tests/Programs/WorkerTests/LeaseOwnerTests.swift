import Testing

@testable import Worker

struct LeaseOwnerTests {
    @Test func everyProcessHasANameOfItsOwn() {
        let (one, other) = (LeaseOwner.thisProcess(), LeaseOwner.thisProcess())
        #expect(one != other)
        #expect(one.split(separator: "/").count == 3)
    }
}
