import Domain
import Postgres

extension PostgresUUID {
    init<Kind>(_ id: TypedID<Kind>) {
        self.init(high: id.uuid.bytes.high, low: id.uuid.bytes.low)
    }
}
