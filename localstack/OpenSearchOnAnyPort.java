import org.codelibs.opensearch.runner.OpenSearchRunner;

/** The runner with its own arguments, but on any port: alone it takes none above 9299. */
class OpenSearchOnAnyPort {
    public static void main(String[] arguments) throws Exception {
        var runner = new OpenSearchRunner();
        runner.setMaxHttpPort(-1);
        // By default an index turns read-only on a disk that is nearly full, as a laptop's often is.
        runner.onBuild((node, settings) ->
            settings.put("cluster.routing.allocation.disk.threshold_enabled", false));
        Runtime.getRuntime().addShutdownHook(new Thread(() -> {
            try {
                runner.close();
            } catch (java.io.IOException e) {
                throw new java.io.UncheckedIOException(e);
            }
        }));
        runner.build(arguments);
        Thread.currentThread().join();
    }
}
