// ConnectionService
