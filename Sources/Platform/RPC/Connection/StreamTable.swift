/// The streams of one connection by their ids.
///
/// The newest one lies apart: nearly all calls end before the next one comes, and those never touch
/// the dictionary.
struct StreamTable: Sendable {
    /// 0 for none: stream 0 is the connection's.
    private var newestID: UInt32 = 0
    private var newest: ServerStreamStateMachine?
    private var older: [UInt32: ServerStreamStateMachine] = [:]

    var count: Int { older.count + (newest == nil ? 0 : 1) }

    /// The stream of `id`; nil where there is none. Set it only to change or end a stream.
    subscript(id: UInt32) -> ServerStreamStateMachine? {
        // Lent, not copied: what is asked is nearly always one field.
        _read {
            if id == newestID {
                yield newest
            } else {
                yield older[id]
            }
        }
        _modify {
            if id == newestID {
                yield &newest
            } else {
                yield &older[id]
            }
        }
    }

    /// Whether messages of the stream wait; nil where there is none. Asked for each call.
    func hasWaitingMessages(id: UInt32) -> Bool? {
        id == newestID ? newest?.hasWaitingMessages : older[id]?.hasWaitingMessages
    }

    /// Adds a stream with an id above all before it.
    mutating func insert(_ stream: ServerStreamStateMachine, id: UInt32) {
        if let newest { older[newestID] = newest }
        newestID = id
        newest = stream
    }

    /// Ids of the streams that satisfy `condition`, ascending.
    func ids(where condition: (ServerStreamStateMachine) -> Bool) -> [UInt32] {
        var ids = older.filter { condition($0.value) }.keys.sorted()
        // It has the highest id.
        if let newest, condition(newest) { ids.append(newestID) }
        return ids
    }

    func forEach(_ body: (UInt32, ServerStreamStateMachine) -> Void) {
        for (id, stream) in older { body(id, stream) }
        if let newest { body(newestID, newest) }
    }

    mutating func removeAll() {
        newest = nil
        older = [:]
    }
}
