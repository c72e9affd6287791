package org.altiplano.laws;

import static com.tngtech.archunit.base.DescribedPredicate.describe;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.lang.ArchCondition;
import com.tngtech.archunit.lang.ArchRule;
import com.tngtech.archunit.lang.ConditionEvents;
import com.tngtech.archunit.lang.SimpleConditionEvent;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.regex.Pattern;

/** The laws of the house, each by its sentence. */
final class Laws {

    private static final String CONTRACT = "org.altiplano.contract..";
    private static final String ENGINE = "org.altiplano.engine..";
    private static final String GRID = "org.altiplano.grid..";
    private static final String WORKER = "org.altiplano.worker..";
    private static final String SECURITY = "org.altiplano.security..";
    private static final String PLATFORM = "org.altiplano.platform..";
    private static final String CLI = "org.altiplano.cli..";
    private static final String[] PURE = {"org.altiplano.engine.scheduler..", "org.altiplano.engine.kvcache..",
            "org.altiplano.grid.routing.."};
    private static final Pattern ORNAMENT =
            Pattern.compile(".*(Impl|Manager|Helper|Utils?)$|^(Base|Abstract)[A-Z].*");

    private Laws() {
    }

    static Map<String, ArchRule> all() {
        Map<String, ArchRule> laws = new LinkedHashMap<>();
        laws.put("the contract knows the JDK only", classes().that().resideInAPackage(CONTRACT)
                .should().onlyDependOnClassesThat().resideInAnyPackage(CONTRACT, "java.."));
        laws.put("the engine knows the contract and no other room", noClasses().that().resideInAPackage(ENGINE)
                .should().dependOnClassesThat().resideInAnyPackage(GRID, WORKER, SECURITY, PLATFORM, CLI,
                        "com.hazelcast..", "io.grpc..", "jakarta.."));
        laws.put("the grid knows the contract and no other room", noClasses().that().resideInAPackage(GRID)
                .should().dependOnClassesThat().resideInAnyPackage(ENGINE, WORKER, SECURITY, PLATFORM, CLI, "jakarta.."));
        laws.put("only grid.hazelcast knows Hazelcast", noClasses()
                .that().resideOutsideOfPackage("org.altiplano.grid.hazelcast..")
                .should().dependOnClassesThat().resideInAPackage("com.hazelcast.."));
        laws.put("only the grid knows gRPC", noClasses().that().resideOutsideOfPackage(GRID)
                .should().dependOnClassesThat().resideInAnyPackage("io.grpc..", "com.google.protobuf.."));
        laws.put("only the engine's torch, model and sampling know DJL", noClasses()
                .that().resideOutsideOfPackages("org.altiplano.engine.torch..", "org.altiplano.engine.model..",
                        "org.altiplano.engine.sampling..")
                .should().dependOnClassesThat().resideInAPackage("ai.djl.."));
        laws.put("scheduling, KV memory and routing are pure: no threads, no tensors", noClasses()
                .that().resideInAnyPackage(PURE).should().dependOnClassesThat(
                        resideInAnyPackage("java.util.concurrent..", "ai.djl..")
                                .or(describe("Thread", type -> type.isEquivalentTo(Thread.class)))));
        laws.put("scheduling, KV memory and routing are given the time", noClasses().that().resideInAnyPackage(PURE)
                .should().callMethod(System.class, "nanoTime").orShould().callMethod(System.class, "currentTimeMillis")
                .orShould().callMethod(Instant.class, "now").orShould().callMethod(Math.class, "random"));
        laws.put("security is a leaf", noClasses().that().resideInAPackage(SECURITY)
                .should().dependOnClassesThat().resideInAnyPackage(CONTRACT, ENGINE, GRID, WORKER, PLATFORM, CLI));
        laws.put("the platform knows contract, grid and security only", noClasses().that().resideInAPackage(PLATFORM)
                .should().dependOnClassesThat().resideInAnyPackage(ENGINE, WORKER, CLI, "com.hazelcast..", "io.grpc..",
                        "ai.djl..", "com.fasterxml.jackson.."));
        laws.put("entities know neither control nor boundary", noClasses()
                .that().resideInAPackage("org.altiplano.platform..entity..")
                .should().dependOnClassesThat().resideInAnyPackage("..control..", "..boundary.."));
        laws.put("the CLI talks to the platform by HTTP", noClasses().that().resideInAPackage(CLI)
                .should().dependOnClassesThat().resideInAnyPackage(GRID, WORKER, PLATFORM, "jakarta..", "ai.djl.."));
        laws.put("names are words of the field without ornament", classes()
                .should(haveNoOrnament()));
        laws.put("jars log by slf4j; only adapters know the logging of others", noClasses()
                .that().resideOutsideOfPackages(PLATFORM, "org.altiplano.grid.hazelcast..", "org.altiplano.grid.wire..")
                .should().dependOnClassesThat().resideInAnyPackage("java.util.logging..", "org.apache.logging.."));
        laws.put("only programs write to the standard streams", noClasses()
                .that(not(program())).should().accessField(System.class, "out").orShould().accessField(System.class, "err")
                .orShould().callMethod(Throwable.class, "printStackTrace"));
        laws.put("packages have no cycles", slices().matching("org.altiplano.(**)").should().beFreeOfCycles());
        return laws;
    }

    private static ArchCondition<JavaClass> haveNoOrnament() {
        return new ArchCondition<>("have a name that says what they are") {
            @Override
            public void check(JavaClass type, ConditionEvents events) {
                boolean ornament = ORNAMENT.matcher(type.getSimpleName()).matches();
                events.add(new SimpleConditionEvent(type, !ornament, type.getDescription() + " has the name "
                        + type.getSimpleName()));
            }
        };
    }

    private static DescribedPredicate<JavaClass> program() {
        return describe("programs", type -> type.getPackageName().equals("org.altiplano.cli")
                || type.getName().matches("org\\.altiplano\\.worker\\.(Worker|Store)Main"));
    }

    private static DescribedPredicate<JavaClass> not(DescribedPredicate<JavaClass> predicate) {
        return DescribedPredicate.not(predicate);
    }
}
