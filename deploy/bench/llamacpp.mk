# llama.cpp's tools and one of ours, compiled from its sources (SOURCES) against the libraries that come prebuilt (LIBRARIES); run by llamacpp.
here := $(dir $(lastword $(MAKEFILE_LIST)))
vpath %.cpp $(SOURCES) $(here)
vpath %.c $(SOURCES)
flags := -O2 -DLLAMA_SHARED -DGGML_SHARED -DGGML_BACKEND_DL -DLLAMA_SUBPROCESS -DNDEBUG -I. \
	$(patsubst %,-I$(SOURCES)/%,include ggml/include common vendor vendor/hash tools/mtmd tools/server tools/llama-bench tools/batched-bench .)
libraries := -L$(LIBRARIES) $(patsubst $(LIBRARIES)/%,-l:%,$(filter-out %.node $(wildcard $(LIBRARIES)/libggml-cpu-*), \
	$(wildcard $(LIBRARIES)/*.so))) -lpthread -ldl -Wl,-rpath,'$$ORIGIN'
objects = $(patsubst $(SOURCES)/%,%.o,$(wildcard $(patsubst %,$(SOURCES)/%,$(1))))

tools := llama-bench llama-batched-bench llama-quantize llama-server llama-score
all: $(tools:%=$(LIBRARIES)/%)
$(LIBRARIES)/llama-bench: $(call objects,tools/llama-bench/*.cpp)
$(LIBRARIES)/llama-batched-bench: $(call objects,tools/batched-bench/*.cpp)
$(LIBRARIES)/llama-quantize: $(call objects,tools/quantize/*.cpp)
$(LIBRARIES)/llama-score: llama-score.cpp.o
$(LIBRARIES)/llama-server: $(filter-out %-cli.cpp.o %-warning.cpp.o,$(call objects,tools/server/*.cpp tools/mtmd/*.cpp \
	tools/mtmd/models/*.cpp vendor/*/*.cpp vendor/hash/*/*.c)) ui.o
$(LIBRARIES)/llama-%:
	$(CXX) -o $@ $^ $(libraries)
%.cpp.o: %.cpp ui.h
	@mkdir -p $(@D)
	$(CXX) $(flags) -std=c++17 -c -o $@ $<
%/sha1.c.o: %/sha1.c
	@mkdir -p $(@D)
	$(CXX) $(flags) -x c++ -c -o $@ $<
%.c.o: %.c
	@mkdir -p $(@D)
	$(CC) $(flags) -c -o $@ $<
# The server without its web page.
ui.h: $(SOURCES)/tools/ui/ui.h.in
	sed -e '/cmakedefine/d' -e 's/@N_ASSETS@/0/' $< > $@
ui.o: $(SOURCES)/tools/ui/ui.cpp.in ui.h
	sed -e 's/@N_ASSETS@/0/' -e 's/@USE_GZIP@/false/' -e '/@ASSET/d' $< > ui.cpp
	$(CXX) $(flags) -std=c++17 -c -o $@ ui.cpp
