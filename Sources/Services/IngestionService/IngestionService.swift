// IngestionService
