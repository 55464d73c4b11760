.PHONY: run test lint bench figures fuzz picture soak licences sbom reproducible vulnerabilities

run: ## open the chat
	go run .

test: ## the tests, with the race detector
	go test -race ./...

lint: ## formatting, lint and the import law
	gofumpt -l . && golangci-lint run ./...

bench: ## all benchmarks
	go test -run '^$$' -bench . -benchmem ./...

figures: ## every figure of the offline backend, beside what is wanted of it
	go test -count=1 -timeout 60m -v -run 'TestFigures$$' . -figures

FUZZTIME ?= 30s
fuzz: ## every fuzz target for FUZZTIME
	@for pkg in $$(go list ./...); do \
	  for f in $$(go test -list '^Fuzz' $$pkg | grep '^Fuzz'); do \
	    echo "$$pkg $$f"; go test -run '^$$' -fuzz "^$$f$$" -fuzztime $(FUZZTIME) $$pkg || exit 1; \
	  done; \
	done

picture: ## draw docs/chat.svg anew, from the real program in a terminal
	BANYAN_PICTURE=docs/chat.svg go test -count=1 -run 'TestChat$$' . && chmod 644 docs/chat.svg

soak: ## the full forms of the long tests: streams, cuts at every byte, kills, changes on both sides, attacks
	go test -timeout 60m -run TestKillChanges -v . -args -kills 2000
	go test -timeout 60m -run TestEndOfHolder -v . -args -holder-ends 200
	go test -timeout 60m -run TestShopSoak -v . -args -writes 10000
	go test -timeout 240m -run 'TestTraitor$$' -v . -args -traitor-full
	go test -race -timeout 60m -run 'CancelledStreams|CutAt' ./backends/openai -args -streams 10000 -every

licences: ## the licence of every dependency; fails if one is not on the list
	go run ./.ci/supply licences

SBOM ?= dist/sbom.json
sbom: ## what is linked into the program, as CycloneDX
	@mkdir -p $(dir $(SBOM)) && go run ./.ci/supply sbom > $(SBOM) && echo $(SBOM)

reproducible: ## two builds in two folders, byte by byte the same
	.ci/reproducible

vulnerabilities: ## known ones that the program can reach, where the network allows it
	.ci/vulnerabilities
