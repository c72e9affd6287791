package org.altiplano.contract;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ModelCatalogueTest {

    @ParameterizedTest
    @CsvSource({"llama-2-7b,6738415616", "llama-2-7b-chat,6738415616", "llama-2-13b,13015864320",
            "llama-2-13b-chat,13015864320", "llama-2-34b,33743970304", "llama-2-34b-chat,33743970304",
            "llama-2-70b,68976648192", "llama-2-70b-chat,68976648192", "smollm2-135m-instruct,134515008"})
    void countsTheParametersToTheUnit(String name, long parameters) {
        assertEquals(parameters, ModelCatalogue.find(name).orElseThrow().shape().parameters());
    }
}
