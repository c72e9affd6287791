package org.altiplano.laws;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.lang.ArchRule;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/** The project keeps the laws of its house, and every law notices an offender. */
class ArchitectureTest {

    private static final List<String> MODULES = List.of("model-runtime/contract", "model-runtime/engine", "cluster/grid",
            "cluster/worker", "security", "platform-api", "deploy/cli");

    private static JavaClasses project;
    private static JavaClasses offenders;

    @BeforeAll
    static void readsTheCompiledProject() {
        Path checkout = Path.of(System.getProperty("altiplano.checkout"));
        List<Path> folders = MODULES.stream().map(module -> checkout.resolve(module).resolve("target/classes")).toList();
        folders.forEach(folder -> assertTrue(Files.isDirectory(folder), folder + " is missing"));
        project = new ClassFileImporter().importPaths(folders);
        offenders = new ClassFileImporter().importPath(Path.of("target/test-classes"));
    }

    @TestFactory
    Stream<DynamicTest> theProjectKeepsTheLaw() {
        return Laws.all().entrySet().stream().map(law -> DynamicTest.dynamicTest(law.getKey(),
                () -> law.getValue().check(project)));
    }

    @TestFactory
    Stream<DynamicTest> theLawNoticesAnOffender() {
        return Laws.all().entrySet().stream().map(law -> DynamicTest.dynamicTest(law.getKey(),
                () -> assertOffended(law.getValue())));
    }

    private static void assertOffended(ArchRule law) {
        assertFalse(law.evaluate(offenders).getFailureReport().isEmpty());
    }
}
