/// Reads RFC 4180: commas, lines, and fields in double quotes with `""` for a quote.
struct CommaSeparatedValues {
    struct Record {
        /// Line of the file where the record begins, from 1.
        let line: Int
        let fields: [String]
    }

    /// Whether the text ends within a record: no line end, or an open quote.
    private(set) var isTruncated = false
    private(set) var records: [Record] = []

    private var field: [UInt8] = []
    private var fields: [String] = []
    private var isQuoted = false

    init(_ bytes: [UInt8]) {
        var line = 1
        var recordLine = 1
        var index = bytes.startIndex
        while index < bytes.endIndex {
            let byte = bytes[index]
            if byte == UInt8(ascii: "\n") { line += 1 }
            if isQuoted {
                if byte != UInt8(ascii: "\"") {
                    field.append(byte)
                } else if index + 1 < bytes.endIndex, bytes[index + 1] == byte {
                    field.append(byte)
                    index += 1
                } else {
                    isQuoted = false
                }
            } else {
                switch byte {
                case UInt8(ascii: "\""): isQuoted = true
                case UInt8(ascii: ","): endField()
                case UInt8(ascii: "\n"):
                    endField()
                    if fields != [""] { records.append(Record(line: recordLine, fields: fields)) }
                    fields = []
                    recordLine = line
                case UInt8(ascii: "\r"): break
                default: field.append(byte)
                }
            }
            index += 1
        }
        if isQuoted || !field.isEmpty || !fields.isEmpty {
            isTruncated = true
            endField()
            records.append(Record(line: recordLine, fields: fields))
        }
    }

    private mutating func endField() {
        fields.append(String(decoding: field, as: UTF8.self))
        field.removeAll(keepingCapacity: true)
    }
}
