@main
struct ServerMain {
    static func main() {}
}
